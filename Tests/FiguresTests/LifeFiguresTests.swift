import Desk
import Figures
import Promises
import Testing
import Tickets

struct LifeFiguresTests {
    private static let minute: Int64 = 60_000

    @Test func `spam is in no figure, and is again when it was none`() {
        var fold = FiguresFold()
        for event in [submitted(1), submitted(2), spam(1, true)].enumerated() { fold.follow(record(event)) }
        #expect(fold.tickets.map(\.course.counts) == [false, true])
        #expect(requests(fold) == 1)
        fold.follow(record((4, spam(1, false))))
        #expect(requests(fold) == 2)
    }

    @Test func `a merged ticket is worked on under another number, and counted once`() {
        var fold = FiguresFold()
        let merged = Event.merged(TicketNumber(1), nil, into: TicketNumber(2))
        for event in [submitted(1), submitted(2), merged].enumerated() { fold.follow(record(event)) }
        #expect(fold.tickets.map(\.course.counts) == [false, true])
        #expect(requests(fold) == 1)
        #expect(fold.strays == 0)
    }

    @Test func `what is said of the product is counted by topic, the last one of each ticket, without spam`()
    {
        var feedback = ProductFeedback()
        let events = [
            topic(1, "checkout"), topic(2, "checkout"), topic(3, "e\u{301}"), topic(4, "\u{e9}"),
            topic(5, "size"),
            topic(6, "size"), topic(6, "checkout"), topic(7, "size"), topic(7, ""), spam(2, true),
        ]
        for event in events.enumerated() { feedback.follow(record(event)) }
        #expect(feedback.topics.map(\.name) == ["checkout", "e\u{301}", "\u{e9}", "size"])
        #expect(feedback.topics.map { $0.tickets.map(\.rawValue) } == [[1, 6], [3], [4], [5]])
        #expect(feedback.topics[0].last == Moment(milliseconds: 6))
    }

    private func requests(_ fold: FiguresFold) -> Int? {
        let all = Moment(milliseconds: .min)..<Moment.distantFuture
        let question = Report.Question(
            by: [.all], accepted: all, policy: .standard, zone: .utc, shifts: [])
        return Report(fold, question).rows.first?.requests
    }

    private func record(_ event: (offset: Int, element: Event)) -> Record {
        Record(
            position: Position(UInt64(event.offset) + 1), at: Moment(milliseconds: Int64(event.offset)),
            author: .desk, command: nil, event: event.element)
    }

    private func submitted(_ number: UInt64) -> Event {
        let submission = Submission(channel: "web", customer: "c", subject: "s", body: "b")
        return .submitted(TicketNumber(number), line: "line-one", submission)
    }

    private func spam(_ number: UInt64, _ isOn: Bool) -> Event {
        .amended(TicketNumber(number), nil, .spam(isOn, reason: ""), lacking: [])
    }

    private func topic(_ number: UInt64, _ topic: String) -> Event {
        .amended(TicketNumber(number), nil, .feedback(topic: topic), lacking: [])
    }
}
