import HeapModule
import Tickets

/// What is going to happen in a rehearsal, in order of time; of one moment, in the order in which it was planned.
struct Agenda: Sendable {
    enum Item: Sendable {
        /// A customer's request comes.
        case request(Submission)
        /// A customer writes about a ticket again; as a reminder only while nobody has answered.
        case message(TicketNumber, isReminder: Bool)
        /// The channels are still there.
        case channelSign
        /// Of the people, by index.
        case begins(Int)
        case sign(Int)
        case ends(Int)
        /// Somebody has read what a customer writes in a chat.
        case read(Int, Work)
        /// Somebody has worked on a ticket for as long as it takes.
        case worked(Int, Work)
    }

    private struct Entry: Comparable, Sendable {
        var at: Moment
        var order: UInt64
        var item: Item

        static func < (a: Entry, b: Entry) -> Bool { (a.at, a.order) < (b.at, b.order) }
        static func == (a: Entry, b: Entry) -> Bool { (a.at, a.order) == (b.at, b.order) }
    }

    private var entries = Heap<Entry>()
    private var planned: UInt64 = 0

    /// When the next thing happens.
    var next: Moment? { entries.min?.at }

    mutating func plan(_ item: Item, at moment: Moment) {
        planned += 1
        entries.insert(Entry(at: moment, order: planned, item: item))
    }

    /// The next thing that happens at a moment; nil when that was all.
    mutating func take(at moment: Moment) -> Item? {
        guard let next, next <= moment else { return nil }
        return entries.popMin()?.item
    }
}
