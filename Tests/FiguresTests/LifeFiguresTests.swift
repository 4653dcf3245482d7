import Desk
import Figures
import Promises
import Testing
import Tickets

struct LifeFiguresTests {
    private static let minute: Int64 = 60_000
    private let one = TicketNumber(1)

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

    @Test func `what was broken before a merge stays broken, and what was not is not counted twice`() throws {
        let day: Int64 = 86_400_000
        let merged = Event.merged(TicketNumber(1), nil, into: TicketNumber(2))
        for (wait, broken) in [(day, 1), (day + 1, 2)] {
            var fold = FiguresFold()
            fold.follow(record((0, submitted(1))))
            fold.follow(record((Int(day) - 1, submitted(2))))
            fold.follow(record((Int(wait), merged)))
            fold.follow(record((Int(3 * day), submitted(3))))
            let row = try #require(self.row(fold))
            #expect((row.requests, row.firstResponse.broken, row.breached) == (2, broken, broken))
        }
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

    @Test func `a topic says how many customers were told when it was closed, and what came since`() {
        var feedback = ProductFeedback()
        let improvement = Improvement(
            topic: "checkout", text: "Done.", outbox: 1, letters: [.init(ticket: TicketNumber(1), entry: 2)])
        let events = [
            topic(1, "checkout"), topic(2, "checkout"), topic(3, "size"), Event.improved(improvement),
            topic(5, "checkout"),
        ]
        for event in events.enumerated() { feedback.follow(record(event)) }
        #expect(feedback.topics.map(\.openCount) == [1, 1])
        #expect(feedback.topics[0].tickets.count == 3)
        #expect(feedback.topics[0].closings.map(\.told) == [1])
        #expect(feedback.topics[1].closings.isEmpty)
    }

    @Test func `estimates are compared with when somebody took the ticket first`() {
        var fold = FiguresFold()
        let token = Token(1)
        let holder = Holder(node: "n", incarnation: 1)
        let events: [Event] = [
            submitted(1, expected: 5_000), submitted(2, expected: 1_000), submitted(3, expected: 9_000),
            submitted(4),
            .claimed(TicketNumber(1), token, holder, leaseMilliseconds: 1),
            .claimed(TicketNumber(2), token, holder, leaseMilliseconds: 1),
            .released(TicketNumber(1), token, .left, reason: "", failures: 0, parks: false),
            .claimed(TicketNumber(1), Token(2), holder, leaseMilliseconds: 1),
            .claimed(TicketNumber(4), token, holder, leaseMilliseconds: 1),
        ]
        for (index, event) in events.enumerated() { fold.follow(record((index * 1_000, event))) }
        let estimates = row(fold)?.estimates
        // Of the first four seconds passed, one less than expected; of the second four, three more.
        #expect(estimates?.taken == 2)
        #expect(estimates?.inTime == 1)
        #expect(estimates?.milliseconds(at: 0.5) == 1_000)
        #expect(estimates?.milliseconds(at: 0.9) == 3_000)
        // Told "at once", and taken within the second.
        fold.follow(record((9_000, submitted(5, expected: 0))))
        fold.follow(record((9_300, .claimed(TicketNumber(5), token, holder, leaseMilliseconds: 1))))
        #expect(row(fold)?.estimates.inTime == 2)
    }

    @Test(arguments: [ReleaseCause.missed, .declined])
    func `an offer that nobody accepts is no claim, and one that somebody does is theirs from then on`(
        _ cause: ReleaseCause
    ) throws {
        var fold = FiguresFold()
        fold.follow(record((0, submitted(1, expected: 5_000))))
        for (token, at) in [(Token(1), 1_000), (Token(2), 6_000)] as [(Token, Int64)] {
            for event in offer(token) { fold.follow(record(at: at, after: fold, event)) }
            let released = Event.released(one, token, cause, reason: "", failures: 0, parks: false)
            fold.follow(record(at: at + 2_000, after: fold, released))
            let course = fold.tickets[0].course
            #expect((course.claims, course.heldMilliseconds) == (0, 0))
            #expect(course.taken == nil && course.heldSince == nil)
            #expect(row(fold)?.estimates.taken == 0)
        }
        for event in offer(Token(3)) { fold.follow(record(at: 10_000, after: fold, event)) }
        let accepted = Event.amended(one, Token(3), .accepted, lacking: [])
        fold.follow(record(at: 12_000, after: fold, accepted))
        fold.follow(record(at: 15_000, after: fold, .resolved(one, Token(3), nil)))
        let course = fold.tickets[0].course
        #expect(course.isFirstContact && course.taken == Moment(milliseconds: 12_000))
        let figures = try #require(row(fold))
        #expect((figures.firstContact, figures.heldMilliseconds) == (1, 3_000))
        #expect((figures.estimates.taken, figures.estimates.inTime) == (1, 0))
    }

    @Test func `whatever is done under the token accepts an offer, and what was accepted counts`() {
        let token = Token(1)
        let reply = Reply(entry: 2, outbox: 1, text: PublicText("t"))
        let other = Holder(node: "m", incarnation: 1)
        let deeds: [Event] = [
            .noted(one, token, entry: 2, text: NoteText("n")), .replied(one, token, reply),
            .resolved(one, token, reply),
            .pended(one, token, onHold: false, until: nil, reason: ""),
            .amended(one, token, .tag("vip", isOn: true), lacking: []),
            .tookOver(one, Token(2), other, leaseMilliseconds: 1, reason: ""),
        ]
        for deed in deeds {
            var fold = FiguresFold()
            fold.follow(record((0, submitted(1))))
            for event in offer(token) { fold.follow(record(at: 1_000, after: fold, event)) }
            // What others do accepts nothing.
            let note = Event.noted(one, nil, entry: 2, text: NoteText("n"))
            fold.follow(record(at: 2_000, after: fold, note))
            #expect(fold.tickets[0].course.claims == 0)
            fold.follow(record(at: 3_000, after: fold, deed))
            let course = fold.tickets[0].course
            #expect(course.claims == 1 && course.taken == Moment(milliseconds: 3_000), "\(deed)")
            let declined = Event.released(one, token, .declined, reason: "", failures: 0, parks: false)
            fold.follow(record(at: 4_000, after: fold, declined))
            #expect(fold.tickets[0].course.claims == 1, "\(deed)")
            let isOver = deed.ticketLetGo != nil && deed.word != "taken-over"
            #expect(fold.tickets[0].course.heldMilliseconds == (isOver ? 0 : 1_000), "\(deed)")
        }
    }

    /// A claim of the first ticket that is to be accepted.
    private func offer(_ token: Token) -> [Event] {
        [
            .claimed(one, token, Holder(node: "n", incarnation: 1), leaseMilliseconds: 1),
            .amended(one, token, .offered(milliseconds: 2_000), lacking: []),
        ]
    }

    private func record(at milliseconds: Int64, after fold: FiguresFold, _ event: Event) -> Record {
        Record(
            position: fold.position.next, at: Moment(milliseconds: milliseconds), author: .desk, command: nil,
            event: event)
    }

    private func requests(_ fold: FiguresFold) -> Int? { row(fold)?.requests }

    private func row(_ fold: FiguresFold) -> ReportRow? {
        let all = Moment(milliseconds: .min)..<Moment.distantFuture
        let question = Report.Question(
            by: [.all], accepted: all, policy: .standard, zone: .utc, shifts: [])
        return Report(fold, question).rows.first
    }

    private func record(_ event: (offset: Int, element: Event)) -> Record {
        Record(
            position: Position(UInt64(event.offset) + 1), at: Moment(milliseconds: Int64(event.offset)),
            author: .desk, command: nil, event: event.element)
    }

    private func submitted(_ number: UInt64, expected: Int64? = nil) -> Event {
        var submission = Submission(channel: "web", customer: "c", subject: "s", body: "b")
        submission.expectedWaitMilliseconds = expected
        return .submitted(TicketNumber(number), line: "line-one", submission)
    }

    private func spam(_ number: UInt64, _ isOn: Bool) -> Event {
        .amended(TicketNumber(number), nil, .spam(isOn, reason: ""), lacking: [])
    }

    private func topic(_ number: UInt64, _ topic: String) -> Event {
        .amended(TicketNumber(number), nil, .feedback(topic: topic), lacking: [])
    }
}
