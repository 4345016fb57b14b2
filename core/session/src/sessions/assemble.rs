//! What comes in parts. Nobody's keys are needed to send them, so they take no more room than one whole
//! may; each lies in a row of its own, so that one more costs what it is long.

use super::Sessions;
use super::error::Alarm;
use super::record::{Assembly, Conversation};
use crate::format::{Blob, ConversationId, MAX_WHOLE_LEN, Part, join};
use crate::mls::Kind;

/// Things in parts that are put together at a time.
const ASSEMBLIES: usize = 8;

impl Sessions {
    /// A part comes; with the last one, the whole. Parts come in order, as they were sent.
    pub(super) fn assemble(&mut self, conversation: &mut Conversation, part: Part) -> Option<Blob> {
        let id = conversation.id;
        let known = |it: &Assembly| it.id == part.id;
        let mut assembly = match conversation.assemblies.iter().position(known) {
            Some(place) => conversation.assemblies.remove(place)?,
            None => Assembly {
                id: part.id,
                count: part.count,
                next: 0,
                len: 0,
            },
        };
        if assembly.count != part.count || assembly.next != part.index {
            self.alarm(id, Alarm::Malformed);
            // What stands before it is still good: anybody can have written this one.
            if assembly.next > 0 {
                conversation.assemblies.push_back(assembly);
            }
            return None;
        }
        self.make_room(conversation, assembly.len.saturating_add(part.bytes.len()));
        assembly.next = assembly.next.saturating_add(1);
        assembly.len = assembly.len.saturating_add(part.bytes.len());
        let key = [&under(id, &assembly)[..], &part.index.to_be_bytes()].concat();
        self.provider.rows().put(Kind::Part, &key, part.bytes);
        if assembly.next < assembly.count {
            conversation.assemblies.push_back(assembly);
            return None;
        }
        let parts = self
            .provider
            .rows()
            .under(Kind::Part, &under(id, &assembly));
        let parts: Vec<_> = parts.iter().map(|(_, part)| part.to_vec()).collect();
        self.let_go(id, &assembly);
        let whole = join(&assembly.id, &parts);
        if whole.is_err() {
            self.alarm(id, Alarm::Malformed);
        }
        whole.ok()
    }

    /// Beside `len` bytes of one thing, the others are no longer than one whole may be, and not too
    /// many. What was last added to longest ago gives way.
    fn make_room(&mut self, conversation: &mut Conversation, len: usize) {
        let is_full = |conversation: &Conversation| {
            let all = conversation.assemblies.iter();
            let kept: usize = all.map(|it| it.len).sum();
            conversation.assemblies.len() >= ASSEMBLIES || kept.saturating_add(len) > MAX_WHOLE_LEN
        };
        while is_full(conversation)
            && let Some(first) = conversation.assemblies.pop_front()
        {
            self.let_go(conversation.id, &first);
            self.alarm(conversation.id, Alarm::Flood);
        }
    }

    /// Nothing in parts is awaited any more.
    pub(super) fn let_all_go(&mut self, conversation: &mut Conversation) {
        for assembly in core::mem::take(&mut conversation.assemblies) {
            self.let_go(conversation.id, &assembly);
        }
    }

    fn let_go(&self, id: ConversationId, assembly: &Assembly) {
        let rows = self.provider.rows();
        let under = under(id, assembly);
        for (index, _) in rows.under(Kind::Part, &under) {
            rows.delete(Kind::Part, &[&under[..], &index].concat());
        }
    }
}

/// What the keys of its parts begin with.
fn under(id: ConversationId, assembly: &Assembly) -> [u8; 32] {
    let mut key = [0; 32];
    let bytes = id.0.iter().chain(&assembly.id);
    key.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    key
}
