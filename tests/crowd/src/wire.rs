//! One WebSocket of one person.

use futures_util::{SinkExt as _, StreamExt as _};
use sotto_protocol::relay::SUBPROTOCOL;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::Failure;

/// What a socket says.
pub(crate) enum What {
    Opened,
    Message(Vec<u8>),
    Closed,
}

/// What the socket of somebody says.
pub(crate) struct Told {
    pub(crate) member: usize,
    pub(crate) relay: String,
    pub(crate) what: What,
}

/// Opens one. It is closed when what is given back is dropped.
pub(crate) fn open(
    member: usize,
    relay: String,
    told: UnboundedSender<Told>,
) -> UnboundedSender<Vec<u8>> {
    let (sender, outgoing) = unbounded_channel();
    drop(tokio::spawn(async move {
        let tell = |what| {
            let relay = relay.clone();
            // Who does not listen any more is gone with the program.
            drop(told.send(Told {
                member,
                relay,
                what,
            }));
        };
        // Whatever ends it, it is closed.
        drop(carry(&relay, outgoing, &tell).await);
        tell(What::Closed);
    }));
    sender
}

async fn carry(
    relay: &str,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    tell: &impl Fn(What),
) -> Result<(), Failure> {
    let mut request = format!("{relay}/v1").into_client_request()?;
    let protocol = SUBPROTOCOL.parse()?;
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await?;
    tell(What::Opened);
    loop {
        tokio::select! {
            message = outgoing.recv() => {
                let Some(message) = message else { return Ok(()) };
                socket.send(Message::Binary(message.into())).await?;
            }
            message = socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => tell(What::Message(bytes.to_vec())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            }
        }
    }
}
