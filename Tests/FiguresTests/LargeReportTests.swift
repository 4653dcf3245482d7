import Desk
import Figures
import Promises
import Testing
import Tickets

/// A report that is made in several shares, against what is counted here in one.
struct LargeReportTests {
    private static let day = CivilDay.milliseconds

    @Test func `a report of many tickets counts each once, whichever core it fell to`() throws {
        let count = 70_000
        var (fold, position) = (FiguresFold(), Position.start)
        func follow(_ event: Event, at milliseconds: Int64) {
            position = position.next
            fold.follow(
                Record(
                    position: position, at: Moment(milliseconds: milliseconds),
                    author: Author(role: .client, key: "web"), command: nil, event: event))
        }
        var seed: UInt64 = 11
        func draw(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let channels: [Name] = ["web", "mail", "chat"]
        var spans: [Name: [Int64]] = [:]
        var (repeats, topics) = ([Name: Int](), [Int: [Int64]]())
        for number in 1...count {
            let (channel, customer) = (channels[draw(3)], draw(40_000))
            let at = Int64(number) * 60_000
            let submission = Submission(
                channel: channel, customer: "c\(customer)", subject: "s", body: "b", kind: "k")
            follow(.submitted(TicketNumber(UInt64(number)), line: "line-one", submission), at: at)
            topics[customer, default: []].append(at)
            let before = topics[customer].map { $0.count < 3 ? nil : $0[$0.count - 3] } ?? nil
            if let before, at - before <= 30 * Self.day { repeats[channel, default: 0] += 1 }
            spans[channel, default: []].append(at)
        }
        // In another order, and some never.
        let end = Int64(count) * 60_000
        var took: [Name: [Int64]] = [:]
        for index in 0..<count where index % 7 != 0 {
            let number = (index * 37) % count + 1
            let at = end + Int64(index / 100)
            let reply = Reply(entry: 2, outbox: UInt64(index) + 1, text: PublicText("t"))
            follow(.replied(TicketNumber(UInt64(number)), Token(1), reply), at: at)
            let ticket = try #require(fold[TicketNumber(UInt64(number))])
            took[ticket.origin.channel, default: []].append(at - Int64(number) * 60_000)
        }
        let report = Report(
            fold,
            Report.Question(
                by: [.channel], accepted: .zero..<Moment.distantFuture, policy: .standard, zone: .utc))
        #expect(report.rows.map(\.key) == ["chat", "mail", "web"])
        for row in report.rows {
            let channel = try #require(Name(row.key))
            let took = try #require(took[channel]).sorted()
            #expect(row.requests == spans[channel]?.count)
            #expect(row.repeats == repeats[channel])
            #expect(row.answered == took.count)
            #expect(row.firstResponse.kept == took.count { $0 <= Self.day - 900_000 })
            #expect(row.firstResponse.warned == took.count { $0 <= Self.day && $0 > Self.day - 900_000 })
            for share in [0.0, 0.01, 0.5, 0.9, 0.999, 1] {
                let rank = max(1, Int((share * Double(took.count)).rounded(.up)))
                #expect(row.firstResponse.milliseconds(at: share) == took[rank - 1], "\(share)")
            }
        }
    }

    @Test func `of tickets that nobody may read a report says so instead of leaving them out`() {
        struct Unreadable: KeptTickets {
            struct Flaw: Error {}
            struct Reader: TicketRollReader {
                func ticket(_ index: Int) throws(any Error) -> TicketFigures { throw Flaw() }
                func sketch(_ index: Int) throws(any Error) -> TicketSketch {
                    TicketSketch(topic: 1, submitted: .zero, counts: true)
                }
            }
            var count: Int { 40_000 }
            func reader() -> any TicketRollReader<any Error> { Reader() }
        }
        let question = Report.Question(
            by: [.all], accepted: .zero..<Moment.distantFuture, policy: .standard, zone: .utc)
        #expect(throws: Unreadable.Flaw.self) {
            try Report(KeptFold(tickets: KeptRoll(Unreadable())), question)
        }
    }
}
