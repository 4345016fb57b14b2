use proptest::prelude::*;

use super::*;

fn text(entity: &str) -> String {
    read(entity.replace('\n', "\r\n").as_bytes()).text
}

#[test]
fn plain_text_is_itself_in_every_encoding() {
    let plain = "Content-Type: text/plain; charset=utf-8\n\nDear Bob,\n\nat ten.\n";
    assert_eq!(text(plain), "Dear Bob,\n\nat ten.");
    let quoted = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9 =\nat ten\n";
    assert_eq!(text(quoted), "Café at ten");
    let base64 =
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nQ2Fmw6k=\n";
    assert_eq!(text(base64), "Café");
    let latin = b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nCaf\xe9\r\n";
    assert_eq!(read(latin).text, "Café");
    assert_eq!(text("Content-Type: text/plain\n\n"), "");
}

#[test]
fn of_two_versions_the_plain_one_is_shown() {
    let entity = "To: Alice <alice@mail.example>, bob@mail.example
Cc: =?utf-8?q?Carol_Nguy=E1=BB=85n?= <carol@mail.example>
From: The Bank <bank@bank.example>
Subject: not looked at
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

the plain one
--inner
Content-Type: text/html; charset=utf-8

<p>the <b>formatted</b> one</p>
--inner--
--outer
Content-Type: image/png; name=\"house\u{202e}gnp.exe\"
Content-Disposition: inline; filename=\"house\u{202e}gnp.exe\"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--outer--
";
    let mail = read(entity.replace('\n', "\r\n").as_bytes());
    assert_eq!(
        (mail.text.as_str(), mail.is_reduced),
        ("the plain one", false)
    );
    assert_eq!(mail.to, ["Alice <alice@mail.example>", "bob@mail.example"]);
    assert_eq!(mail.cc, ["Carol Nguyễn <carol@mail.example>"]);
    let [part] = mail.parts.as_slice() else {
        panic!("{:?}", mail.parts)
    };
    assert_eq!((part.kind.as_str(), part.len), ("image/png", 8));
    assert_eq!(part.name, "housegnp.exe", "nothing turns the name around");
}

#[test]
fn formatted_text_loses_its_formatting() {
    let html = r#"<!doctype html><html><head><title>Bank</title><style type="text/css">p{color:red}</style></head>
<body><h1>Hello &amp; welcome</h1><p>One<br>two&nbsp;three &#233;&#x1F600; &notanentity; a &lt; b</p>
<script>steal()</script><!-- <p>not this</p> -->
<img src="https://tracker.example/x.gif" alt="pixel"><ul><li>first</li><li>second</li></ul>
<table><tr><td>left</td><td>right</td></tr></table><a href="javascript:alert(1)">here</a> 1 < 2 &</body></html>"#;
    assert_eq!(
        to_text(html),
        "Hello & welcome\nOne\ntwo three é😀 &notanentity; a < b\nfirst\nsecond\nleft right\nhere 1 < 2 &"
    );
    let entity = format!("Content-Type: text/html; charset=utf-8\n\n{html}\n");
    let mail = read(entity.as_bytes());
    assert!(mail.is_reduced);
    assert!(mail.text.starts_with("Hello & welcome\nOne\ntwo"));
}

#[test]
fn what_does_not_end_shows_nothing_of_what_it_hides() {
    for (html, expected) in [
        ("a<script>b", "a"),
        ("a<script>b</scripty>c</script >d", "ad"),
        ("a<b title='>'>c</b>d", "acd"),
        ("a<b title=\"x", "a"),
        ("a<!-- b", "a"),
        ("a<!--b-->c", "ac"),
        ("<", "<"),
        ("&", "&"),
        ("&#xFFFFFFFFFF;", "&#xFFFFFFFFFF;"),
        ("<STYLE>x</style>y", "y"),
        ("é<p>é", "é\né"),
    ] {
        assert_eq!(to_text(html), expected, "{html}");
    }
}

proptest! {
    #[test]
    fn anything_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _mail = read(&bytes);
    }

    #[test]
    fn anything_that_looks_like_mail_is_read(
        lines in proptest::collection::vec(
            "(Content-Type: (multipart/[a-z]{1,9}; boundary=b|text/(html|plain); charset=[a-z0-9-]{0,9}|message/rfc822)|To: [ -~é]{0,30}|--b(--)?|[<>/!a-z\"'&;#= é-]{0,30}|)",
            0..24,
        )
    ) {
        let entity = lines.join("\r\n");
        let _mail = read(entity.as_bytes());
        let _text = to_text(&entity);
    }
}
