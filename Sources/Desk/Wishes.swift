import DequeModule
package import Tickets

/// Who asked for what of the product: the topics that people at the desk set on tickets as feedback, with the customers
/// of those tickets. A wish outlives its ticket, until its topic's improvement is closed.
///
/// Only those count to whom the desk may write by itself, as it was when their ticket came; see
/// ``DeskSettings/correspondence``. Customers are told apart as in ``Customers``.
package struct Wishes: Hashable, Sendable {
    /// What the customer of a ticket asked for; a ticket has at most one.
    package struct Wish: Hashable, Sendable {
        package var ticket: TicketNumber
        package var topic: String
        package var customer: UInt64
        /// Spam asks for nothing until it is none again.
        package var isSpam = false
        /// How many entries its conversation had when it was closed; nil while the desk keeps the ticket.
        package var entries: UInt32?

        package init(_ ticket: TicketNumber, topic: String, customer: UInt64) {
            self.ticket = ticket
            self.topic = topic
            self.customer = customer
        }
    }

    /// Whose the tickets are that the desk keeps.
    package private(set) var customers = TicketMap<UInt64>()
    /// Looked up by ticket only.
    private var wishes: [TicketNumber: Wish] = [:]
    /// The tickets with a wish; the first is the one whose wish is the oldest.
    private var order: Deque<TicketNumber> = []

    package init() {}

    package var isEmpty: Bool { wishes.isEmpty && customers.isEmpty }

    /// The oldest first.
    package var all: [Wish] { order.compactMap { wishes[$0] } }

    /// What stands under a topic, but for spam: the oldest first. O(n) in all wishes; few are ever closed.
    func wishes(for topic: String) -> [Wish] {
        order.compactMap { number in
            wishes[number].flatMap { !$0.isSpam && $0.topic.isSameText(as: topic) ? $0 : nil }
        }
    }

    mutating func add(customer: UInt64, of number: TicketNumber) -> Bool {
        customers.updateValue(customer, forKey: number) == nil
    }

    /// The oldest first.
    ///
    /// - Returns: Whether its ticket had none.
    mutating func add(_ wish: Wish, most: Int) -> Bool {
        guard wishes.updateValue(wish, forKey: wish.ticket) == nil else { return false }
        order.append(wish.ticket)
        if order.count > most { wishes[order.removeFirst()] = nil }
        return true
    }

    /// Takes note of a ticket's feedback; an empty topic takes its wish away. Another topic is a new wish.
    mutating func set(_ topic: String, of number: TicketNumber, isSpam: Bool, most: Int) {
        guard let customer = customers[number] else { return }
        if let wish = wishes[number] {
            if wish.topic.isSameText(as: topic) { return }
            forget([number])
        }
        if topic.isEmpty { return }
        var wish = Wish(number, topic: topic, customer: customer)
        wish.isSpam = isSpam
        _ = add(wish, most: most)
    }

    mutating func set(isSpam: Bool, _ number: TicketNumber) { wishes[number]?.isSpam = isSpam }

    /// The desk keeps the ticket no longer. Its customer asked all the same.
    mutating func close(_ number: TicketNumber, entries: UInt32) {
        customers[number] = nil
        guard let wish = wishes[number] else { return }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wishEndsWithTicket) { return forget([number]) }
        #endif
        if wish.isSpam { forget([number]) } else { wishes[number]?.entries = entries }
    }

    mutating func forget(_ numbers: [TicketNumber]) {
        for number in numbers { wishes[number] = nil }
        order.removeAll { wishes[$0] == nil }
    }
}

extension DeskSettings {
    /// By which channels the desk writes to customers by itself, and the tags of machines, to which it never does: as its
    /// acknowledgement says, else its delay notice; nil when it writes to nobody.
    package var correspondence: (channels: [Name], exceptTags: [String])? {
        acknowledgement.map { ($0.channels, $0.exceptTags) }
            ?? delayNotice.map { ($0.channels, $0.exceptTags) }
    }

    /// Whether the desk may write to the customer of a new ticket by itself.
    package func mayWrite(about submission: Submission) -> Bool {
        guard let (channels, exceptTags) = correspondence else { return false }
        return submission.addressee(by: channels, except: exceptTags, inLanguages: false, limits) != nil
    }
}

extension Desk {
    /// Keeps the wishes in step with an event of a ticket that goes on.
    mutating func followWishes(_ record: Record) {
        switch record.event {
        case .submitted(let number, _, let submission):
            guard let settings = configuration?.settings, settings.mayWrite(about: submission) else { return }
            _ = wishes.add(customer: Customers.digest(submission.customer), of: number)
        case .amended(let number, _, .feedback(let topic), _):
            wishes.set(
                topic, of: number, isSpam: dossiers[number]?.isSpam == true, most: settings.limits.wishesMax)
        case .amended(let number, _, .spam(let isOn, _), _): wishes.set(isSpam: isOn, number)
        default: break
        }
    }

    /// The desk is another: it may write to customers by itself now. What was asked before stays.
    mutating func adoptWishes() { writesByItself = configuration?.settings.correspondence != nil }

    /// A ticket is about to leave the desk's memory.
    mutating func closeWish(of number: TicketNumber) {
        guard !wishes.isEmpty, let entries = tickets.look(at: number, { $0.entries }) else { return }
        wishes.close(number, entries: entries)
    }

    /// Tells everybody who asked for something that it is there.
    mutating func improve(_ improvement: Improvement) {
        for letter in improvement.letters {
            lastOutbox += 1
            let isKept = tickets.look(at: letter.ticket) { _ in true } == true
            if isKept { change(letter.ticket) { $0.entries = letter.entry } }
        }
        #if PLANTED_BUGS
            if PlantedBug.isActive(.wishStays) { return }
        #endif
        wishes.forget(wishes.wishes(for: improvement.topic).map(\.ticket))
    }

    /// The event that tells those who asked under a topic, each once: in the newest of their tickets that has room.
    func improve(_ topic: String, _ text: String) throws(Refusal) -> Event {
        guard !topic.isBlank else { throw Refusal(.textRequired, "an improvement has a topic") }
        try check(line: topic, "the topic")
        try check(required: text, "what the customers are told")
        var newest: [UInt64: Improvement.Letter] = [:]
        for wish in wishes.wishes(for: topic) {
            guard let letter = letter(for: wish) else { continue }
            #if PLANTED_BUGS
                let customer = PlantedBug.isActive(.askersToldTwice) ? wish.ticket.rawValue : wish.customer
            #else
                let customer = wish.customer
            #endif
            if let other = newest[customer], other.ticket > letter.ticket { continue }
            newest[customer] = letter
        }
        guard !newest.isEmpty else {
            throw Refusal(
                .nobodyAsked,
                settings.correspondence == nil
                    ? "the desk writes to nobody by itself: give it an acknowledgement or a delay notice"
                    : "no customer to whom the desk may write has asked under this topic")
        }
        let (bytes, most) = (text.utf8.count, settings.limits.improvementBytesMax)
        guard bytes * newest.count <= most else {
            throw Refusal(
                .textTooLong,
                "\(bytes) bytes to each of \(newest.count) customers; at most \(most / newest.count) are taken"
            )
        }
        // Sorted, because a table of digests has no order.
        let letters = newest.values.sorted { $0.ticket < $1.ticket }
        return .improved(
            Improvement(topic: topic, text: PublicText(text), outbox: lastOutbox + 1, letters: letters))
    }

    /// What is written in the ticket of a wish; nil when its conversation is full.
    private func letter(for wish: Wishes.Wish) -> Improvement.Letter? {
        guard let entries = wish.entries ?? tickets.look(at: wish.ticket, { $0.entries }),
            Int(entries) < settings.limits.entriesMax
        else { return nil }
        return Improvement.Letter(ticket: wish.ticket, entry: entries + 1)
    }
}
