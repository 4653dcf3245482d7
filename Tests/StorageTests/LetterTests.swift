import Desk
import Storage
import Testing
import Tickets

@Suite struct LetterTests {
    private static let canary = "N0T-FOR-CUSTOMERS"

    @Test func `no note, draft or reason is in anything that a customer gets`() throws {
        let store = try stored()
        let view = store.openViewReader()
        let letters = try view.letters(after: 0, limit: 100)
        #expect(letters.map(\.text) == ["Which one?", "It was a fuse."])
        #expect(letters.allSatisfy { $0.customer == "ann@example.org" && $0.channel == "mail" })
        #expect(letters.map(\.messageID.description) == ["<1.1@switchboard>", "<2.1@switchboard>"])
        for letter in letters { #expect(!"\(letter)".contains(Self.canary)) }
        // The canaries are there, for those who may read them.
        let entries = try view.entries(of: TicketNumber(1))
        #expect(entries.filter { $0.text.contains(Self.canary) }.map(\.kind) == [.note, .note, .note])
        let extras = try #require(try view.ticket(TicketNumber(1))?.extras.value)
        #expect(extras.drafts.map(\.text) == ["\(Self.canary): Dear"])
    }

    @Test func `an outbox that names a note is damaged, and nothing is sent of it`() throws {
        let store = try stored()
        store.alterView { $0.outbox[1]?.entry = 2 }
        let view = store.openViewReader()
        #expect(try view.entries(of: TicketNumber(1)).first { $0.number == 2 }?.kind == .note)
        let error = #expect(throws: StoreError.self) { try view.letters(after: 0, limit: 100) }
        #expect(error?.kind == .corrupt)
    }

    /// A ticket with a note of every kind, a draft, a reason, and two replies.
    private func stored() throws -> MemoryStore {
        var exchange = Exchange(desk: Desk(settings: DeskSettings()), now: Moment(milliseconds: 1_000))
        var turn = Turn()
        let note = "\(Self.canary): ask the workshop"
        let people = [Author(role: .client, key: "web"), Author(role: .lead, key: "lea", agent: "lea")]
        for (index, author) in people.enumerated() {
            exchange.handle(
                .hello(SessionID(UInt64(index)), author, nil), at: Moment(milliseconds: 1_000), into: &turn)
        }
        let one = TicketNumber(1)
        let actions: [(UInt64, Action)] = [
            (0, .submit(Submission(channel: "mail", customer: "ann@example.org", subject: "s", body: "b"))),
            (1, .claim(one, leaseMilliseconds: 60_000)), (1, .note(one, nil, text: note)),
            (1, .reply(one, Token(1), seen: 1, text: "Which one?")),
            (1, .amend(one, nil, .owner("lea", reason: note))),
            (1, .escalate(one, Token(1), to: nil, note: note)), (1, .claim(one, leaseMilliseconds: 60_000)),
            (1, .handBack(one, Token(2), note: note)), (1, .claim(one, leaseMilliseconds: 60_000)),
            (1, .resolve(one, Token(3), seen: 3, text: "It was a fuse.")),
            (1, .amend(one, nil, .draft("\(Self.canary): Dear"))),
        ]
        for (index, (session, action)) in actions.enumerated() {
            let command = Command(id: CommandID(high: 3, low: UInt64(index)), action: action)
            exchange.handle(
                .command(SessionID(session), command), at: Moment(milliseconds: 1_000), into: &turn)
        }
        #expect(turn.records.count == actions.count)
        let store = MemoryStore()
        try store.write([turn.records])
        try store.foldView()
        return store
    }
}
