package import Desk
import ProtoBytes
package import Tickets

/// Conversations in memory, so that a grant need not read them back. Socket thread only.
///
/// Bounded by bytes. While there is room, a ticket's conversation stays from its arrival until it is resolved. What
/// comes later is a guest, and leaves when later guests need its room: a new ticket is often granted at once, and
/// those of a long backlog are fetched again shortly before their turn; see `BrokerLoop.fetchAhead()`.
package struct TextCache: ~Copyable {
    private var conversations = [TicketNumber: Conversation]()
    private var byteCount = 0
    private let byteCountMax: Int
    private var writer = ProtoWriter()
    /// Guests, the oldest first; some may have left. Those before `firstGuest` have.
    private var guests: [TicketNumber] = []
    private var firstGuest = 0

    package init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
    }

    /// How many conversations there are.
    var count: Int { conversations.count }

    package subscript(number: TicketNumber) -> Conversation? { conversations[number] }

    func contains(_ number: TicketNumber) -> Bool { conversations[number] != nil }

    /// Takes in a conversation that is as of now.
    mutating func add(_ conversation: Conversation, of number: TicketNumber) {
        if byteCount >= byteCountMax { takeAsGuest(number) }
        byteCount += conversation.byteCount
        conversations[number] = conversation
    }

    /// Follows a record of the log.
    package mutating func follow(_ record: borrowing Record) {
        switch record.event {
        case .submitted(let number, _, let submission):
            let author = record.author.displayName
            add(Conversation(submission, author: author, at: record.at, &writer), of: number)
        case .followedUp(let number, let entry, let body, _):
            append(number, entry, .message(body), record)
        case .noted(let number, _, let entry, let text):
            append(number, entry, .note(text), record)
        case .replied(let number, _, let reply):
            append(number, reply.entry, .reply(reply.text), record)
        case .escalated(let number, _, _, let entry, let note, _),
            .handedBack(let number, _, _, let entry, let note):
            append(number, entry, .note(note), record)
        case .resolved(let number, _, _): remove(number)
        case .merged(let number, _, _): remove(number)
        case .alerted(let number, _, let notice):
            if let notice { append(number, notice.entry, .reply(notice.text), record) }
        case .acknowledged(let number, let letter, _):
            append(number, letter.entry, .reply(letter.text), record)
        case .improved(let improvement):
            improvement.eachReply { append($0, $1.entry, .reply($1.text), record) }
        case .claimed, .pended, .woke, .released, .closed, .amended, .tookOver, .configured,
            .overflowed:
            break
        }
    }

    private mutating func append(
        _ number: TicketNumber, _ entry: UInt32, _ content: EntryText, _ record: borrowing Record
    ) {
        let author = record.author.displayName
        guard let before = conversations[number]?.byteCount else { return }
        conversations[number]?.append(
            content.kind, entry, content.text, author: author, at: record.at, &writer)
        byteCount += (conversations[number]?.byteCount ?? before) - before
    }

    private mutating func remove(_ number: TicketNumber) {
        guard let conversation = conversations.removeValue(forKey: number) else { return }
        byteCount -= conversation.byteCount
    }

    private mutating func takeAsGuest(_ number: TicketNumber) {
        while byteCount >= byteCountMax + byteCountMax / 8, firstGuest < guests.count {
            remove(guests[firstGuest])
            firstGuest += 1
        }
        if firstGuest > guests.count / 2 {
            guests.removeSubrange(..<firstGuest)
            firstGuest = 0
        }
        guests.append(number)
    }
}
