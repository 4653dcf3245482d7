import ProtoBytes
import Testing
import Tickets

@testable import Broker

struct ConversationTests {
    /// The broker decides a turn while the one before it is being stored: a grant of the first must not show what the
    /// second added.
    @Test func `entries after those of the grant are not shown`() {
        let short = conversation(entries: 2)
        let long = conversation(entries: 4)
        #expect(long.fittingEntries(through: 2) == short.entries)
        #expect(long.fittingEntries(through: 4) == long.entries)
        #expect(long.fittingEntries(through: 9) == long.entries)
        #expect(long.fittingEntries(through: 0).isEmpty)
    }

    @Test func `of what does not fit the first and the newest are shown`() {
        let large = String(repeating: "x", count: 300_000)
        let long = conversation(entries: 5, body: large)
        let shown = long.fittingEntries(through: 4)
        let one = conversation(entries: 1, body: large).entries.count
        #expect(shown.count == 2 * one)
        #expect(Array(shown[..<one]) == Array(long.entries[..<one]))
        #expect(Array(shown[one...]) == Array(long.entries[3 * one..<4 * one]))
    }

    private func conversation(entries: UInt32, body: String = "hello") -> Conversation {
        var writer = ProtoWriter()
        let submission = Submission(channel: "web", customer: "c", subject: "s", body: body)
        var conversation = Conversation(
            submission, author: "web", at: Moment(milliseconds: 1), &writer)
        for number in 1..<max(entries, 1) {
            conversation.append(
                .message, number + 1, body, author: "web", at: Moment(milliseconds: 1), &writer)
        }
        return conversation
    }
}
