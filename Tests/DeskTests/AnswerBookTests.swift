import Randomness
import Testing
import Tickets

@testable import Desk

struct AnswerBookTests {
    /// Held against a list that is searched; ids from few values, so that they come again and meet in the table.
    @Test(arguments: [1, 2, 7, 64, 1_000])
    func `it keeps the last answers, each under its id`(capacity: Int) {
        var dice = SplitMix64(seed: UInt64(capacity))
        var book = AnswerBook(capacity: capacity)
        var model: [(stamp: CommandStamp, answer: Answer)] = []
        for step in 0..<10_000 as Range<UInt64> {
            let id = CommandID(
                high: UInt64.random(in: 0..<3, using: &dice),
                low: UInt64.random(in: 0..<UInt64(capacity) * 2, using: &dice))
            let stamp = CommandStamp(id: id, fingerprint: UInt64.random(in: 0..<2, using: &dice))
            let known = model.first { $0.stamp.id == id }
            switch (book.look(up: stamp), known) {
            case (.unknown, nil): break
            case (.known(let answer), let known?):
                #expect(answer == known.answer && stamp == known.stamp)
            case (.conflict, let known?): #expect(stamp.fingerprint != known.stamp.fingerprint)
            case (let found, let known): Issue.record("\(found) but \(String(describing: known))")
            }
            let answer = Answer(ticket: TicketNumber(step), token: Token(1), position: Position(step))
            book.keep(answer, for: stamp)
            if known == nil { model.append((stamp, answer)) }
            if model.count > capacity { model.removeFirst() }
        }
        #expect(book.entries.map(\.stamp) == model.map(\.stamp))
        #expect(book.entries.map(\.answer) == model.map(\.answer))
    }
}
