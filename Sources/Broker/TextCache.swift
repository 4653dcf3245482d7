package import Desk
import ProtoBytes
package import Tickets

/// Conversations kept from their arrival, so that a grant need not read them back. Socket thread only.
///
/// Bounded by bytes. When it is full, new tickets are not taken in: those that came first are granted first.
package struct TextCache: ~Copyable {
    private var conversations = [TicketNumber: Conversation]()
    private var byteCount = 0
    private let byteCountMax: Int
    private var writer = ProtoWriter()

    package init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    package subscript(number: TicketNumber) -> Conversation? { conversations[number] }

    /// Follows a record of the log.
    package mutating func follow(_ record: Record) {
        switch record.event {
        case .submitted(let number, _, let submission):
            guard byteCount < byteCountMax else { return }
            let author = record.author.displayName
            let conversation = Conversation(submission, author: author, at: record.at, &writer)
            byteCount += conversation.byteCount
            conversations[number] = conversation
        case .followedUp(let number, let entry, let body, _):
            append(number, .message, entry, body, record)
        case .noted(let number, _, let entry, let text):
            append(number, .note, entry, text, record)
        case .replied(let number, _, let reply):
            append(number, .reply, reply.entry, reply.text, record)
        case .escalated(let number, _, _, let entry, let note),
            .handedBack(let number, _, _, let entry, let note):
            append(number, .note, entry, note, record)
        case .resolved(let number, _, _):
            guard let conversation = conversations.removeValue(forKey: number) else { return }
            byteCount -= conversation.byteCount
        case .claimed, .pended, .woke, .released, .closed: break
        }
    }

    private mutating func append(
        _ number: TicketNumber, _ kind: EntryKind, _ entry: UInt32, _ text: String, _ record: Record
    ) {
        let author = record.author.displayName
        guard let before = conversations[number]?.byteCount else { return }
        conversations[number]?.append(kind, entry, text, author: author, at: record.at, &writer)
        byteCount += (conversations[number]?.byteCount ?? before) - before
    }
}
