import Testing
import Tickets

/// What letters are called, and what of a mail program's header names one.
@Suite struct MessageIDTests {
    private static let seventeenth = MessageID(outbox: 17, ticket: TicketNumber(1_042))

    @Test(arguments: [seventeenth, MessageID(outbox: 1, ticket: TicketNumber(.max))])
    func `what is printed reads back`(_ id: MessageID) {
        #expect(MessageID(citedIn: id.description) == id)
    }

    @Test func `the text does not change, for it is in customers' mailboxes`() {
        #expect(Self.seventeenth.description == "<17.1042@switchboard>")
    }

    @Test(arguments: [
        "17.1042@switchboard", " <17.1042@switchboard>\r\n", "<17.1042@switchboard",
        "<a@example.org>\r\n <17.1042@switchboard>", "<a@example.org><17.1042@switchboard>",
        "<17.1042@switchboard>,<b@example.org>", "<1.2@switchboard> <17.1042@switchboard>",
        "\"Your letter of Monday\" <17.1042@switchboard> (Anna)",
    ])
    func `a header names it however it is written`(_ header: String) {
        #expect(MessageID(citedIn: header) == Self.seventeenth)
    }

    @Test(arguments: [
        "", " ", "<>", "@", ".@switchboard", "<17.1042@example.org>", "<17.1042@switchboard.example.org>",
        "<17.1042@SWITCHBOARD>", "<17.1042@@switchboard>", "<17.1042@switchboard@switchboard>",
        "<17.1042>", "<17@switchboard>", "<.1042@switchboard>", "<17.@switchboard>", "<17..1042@switchboard>",
        "<17.1042.3@switchboard>", "<17 .1042@switchboard>", "<0.1042@switchboard>", "<17.0@switchboard>",
        "<017.1042@switchboard>", "<+17.1042@switchboard>", "<17.-1042@switchboard>",
        "<17.18446744073709551616@switchboard>", "<99999999999999999999999999.1@switchboard>",
        "<17.1042e0@switchboard>", "<0x11.1042@switchboard>", "<١٧.1042@switchboard>",
        "\"17.1042@switchboard\"", "<17.1042@switchboard\0>", "\u{feff}17.1042@switchboard",
    ])
    func `nothing else does`(_ header: String) {
        #expect(MessageID(citedIn: header) == nil)
    }

    @Test func `a header without end takes no time`() {
        let header = String(repeating: "<1@switchboard> ", count: 50_000)
        #expect(MessageID(citedIn: header) == nil)
        #expect(MessageID(citedIn: String(repeating: "9", count: 1_000_000)) == nil)
    }
}
