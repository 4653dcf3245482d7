import Logging
import Storage
import Testing
import Tickets
import ZeroMQ

@testable import Broker
@testable import Desk

/// The view is at its first event, a ticket with one entry; the log, as the grants say, is far ahead of it.
struct LibrarianTests {
    /// After a crash the view may be seconds behind, and a ticket that waited for long is in it all the same.
    @Test func `a grant does not wait for a view that has its conversation`() throws {
        let found = try conversations(asked: [grant(entries: 1)])
        #expect(found == [TicketNumber(1)])
    }

    @Test func `a grant waits for an entry that the view does not have yet`() throws {
        let found = try conversations(asked: [grant(entries: 2)])
        #expect(found == [])
    }

    @Test func `a grant waits for a ticket that the view does not have yet`() throws {
        let found = try conversations(asked: [grant(of: 2, entries: 1), grant(entries: 1)])
        #expect(found == [TicketNumber(1)])
    }

    /// The tickets whose conversations a librarian gave out before it ended.
    private func conversations(asked: [Grant]) throws -> [TicketNumber] {
        let store = MemoryStore()
        let log = try store.openLog()
        try log.append([[submitted]])
        try store.openView().fold(try store.openLogReader().turns(after: .start, limit: 1))
        let requests = try Mailbox<Librarian.Request>(capacity: 16)
        let loop = try Mailbox<Post>(capacity: 16)
        let librarian = try Librarian(
            store: store, requests: requests, loop: loop, projector: try ProjectorInbox(),
            logger: Logger(label: "test"))
        requests.postAlways(.viewAt(Position(1)))
        for grant in asked { requests.postAlways(.conversation(SessionID(1), grant)) }
        librarian.stopAndJoin()
        var posts: [Post] = []
        loop.drain(into: &posts)
        return posts.compactMap { post in
            if case .conversation(_, let grant, _) = post { grant.ticket.number } else { nil }
        }
    }

    private func grant(of number: UInt64 = 1, entries: UInt32) -> Grant {
        var ticket = Ticket(number: TicketNumber(number), line: "line-one", priority: .normal, since: .zero)
        ticket.entries = entries
        let claim = Claim(
            token: Token(1), holder: Holder(node: "n1", incarnation: 1), leaseMilliseconds: 1_000, at: .zero)
        return Grant(ticket: ticket, claim: claim, position: Position(900))
    }

    private var submitted: Record {
        let submission = Submission(channel: "web", customer: "c", subject: "s", body: "hello")
        return Record(
            position: Position(1), at: Moment(milliseconds: 1), author: Author(role: .client, key: "web"),
            command: nil, event: .submitted(TicketNumber(1), line: "line-one", submission))
    }
}
