import Desk
import Figures
import Promises
import Randomness
import Testing
import Tickets

/// A report of what a desk did, against what the desk itself said meanwhile.
struct ReportOfDeskTests {
    @Test(arguments: UInt64(1)...24)
    func `complaint 11: a report counts the broken promises that the desk spoke of, no more and no fewer`(
        _ seed: UInt64
    ) throws {
        var shop = Shop(seed: seed)
        for _ in 0..<1_000 { shop.step() }
        let fold = shop.fold
        let all = Report.Question(
            by: [.all], accepted: Moment(milliseconds: .min)..<Moment.distantFuture, promises: fold.promises)
        let row = try #require(Report(fold, all).rows.first)
        let said = shop.broken.filter { fold[$0.ticket]?.course.counts == true }
        func count(_ kind: ClockKind) -> Int { said.count { $0.clock.kind == kind } }
        #expect(row.firstResponse.broken == count(.firstResponse))
        #expect(row.nextResponse.broken == count(.nextResponse))
        #expect(row.resolution.broken == count(.resolution))
        for line in row.lines { #expect(line.promise.broken == count(.line(line.line)), "\(line.line)") }
        #expect(row.lines.map(\.line) == ["line-one", "line-two"])
        #expect(row.breached == Set(said.map(\.ticket)).count)
        #expect(row.overdue == shop.overdue(at: fold.end))
        // It is a desk at which all of that happens.
        for clock in [row.firstResponse, row.resolution] {
            #expect(clock.broken > 3 && clock.kept > 0)
        }
        #expect(row.nextResponse.broken > 0 && fold.promises.versions.count > 3)
    }

    @Test func `what was broken by the promises of its time stays so, the rest is judged anew`() throws {
        var history = PolicyHistory(PromisePolicy(rules: [rule(hours: 1)], warnings: []))
        var settings = DeskSettings()
        settings.promises = PromisePolicy(rules: [rule(hours: 4)], warnings: [])
        history.add(settings, at: Moment(milliseconds: 2 * hour))
        var fold = FiguresFold()
        // The first is late before the promise is another, the second not until then, the third under the new one.
        let times: [(Int64, Int64)] = [(0, 3), (1, 3), (3, 8), (3, 7)]
        for (index, time) in times.enumerated() {
            let number = TicketNumber(UInt64(index) + 1)
            let submission = Submission(channel: "web", customer: "c", subject: "s", body: "b")
            fold.follow(record(&fold, .submitted(number, line: "line-one", submission), at: time.0))
        }
        for (index, time) in times.enumerated().sorted(by: { $0.element.1 < $1.element.1 }) {
            let number = TicketNumber(UInt64(index) + 1)
            let reply = Reply(entry: 2, outbox: UInt64(index) + 1, text: PublicText("t"))
            fold.follow(record(&fold, .replied(number, Token(1), reply), at: time.1))
        }
        let question = Report.Question(by: [.all], accepted: .zero..<Moment.distantFuture, promises: history)
        let first = try #require(Report(fold, question).rows.first).firstResponse
        #expect((first.broken, first.kept, first.open) == (2, 2, 0))
    }

    @Test func `groups are those of what was set last, promises those of the priority of the time`() throws {
        let urgent = PromisePolicy.Rule(
            name: "urgent", priorities: [.urgent], targets: PromiseTargets(resolution: hour))
        let policy = PromisePolicy(rules: [urgent, rule(hours: 9)], warnings: [])
        var fold = FiguresFold()
        for number in UInt64(1)...3 {
            let submission = Submission(
                channel: "web", customer: "c", subject: "s", body: "b", kind: "old", tags: ["a", "b"])
            let event = Event.submitted(TicketNumber(number), line: "line-one", submission)
            fold.follow(record(&fold, event, at: 0))
        }
        let changes: [(UInt64, Amendment, Int64)] = [
            (1, .kind("new"), 1), (1, .tag("b", isOn: false), 1), (1, .tag("c", isOn: true), 1),
            (2, .priority(.urgent), 3), (2, .kind(nil), 3), (2, .priority(.low), 4),
            (3, .priority(.urgent), 5),
        ]
        for (number, amendment, time) in changes {
            let event = Event.amended(TicketNumber(number), nil, amendment, lacking: [])
            fold.follow(record(&fold, event, at: time))
        }
        let question = Report.Question(
            by: [.kind, .tag, .priority, .promise], accepted: .zero..<Moment.distantFuture, policy: policy,
            zone: .utc)
        let rows = Report(fold, question).rows
        #expect(
            rows.map { "\($0.grouping) \($0.key) \($0.requests)" } == [
                "kind new 1", "kind old 1", "kind none 1", "tag a 3", "tag b 2", "tag c 1", "priority low 1",
                "priority normal 1", "priority urgent 1", "promise all 2", "promise urgent 1",
            ])
        // The second was urgent for an hour, when its hour was long over; the third is.
        #expect(rows.filter { $0.grouping == .priority }.map(\.resolution.broken) == [1, 0, 1])
    }

    private func rule(hours: Int64) -> PromisePolicy.Rule {
        PromisePolicy.Rule(name: "all", targets: PromiseTargets(firstResponse: hours * hour))
    }

    private func record(_ fold: inout FiguresFold, _ event: Event, at hours: Int64) -> Record {
        Record(
            position: fold.position.next, at: Moment(milliseconds: hours * hour), author: .desk, command: nil,
            event: event)
    }
}

private let minute: Int64 = 60_000
private let hour: Int64 = 60 * minute

/// A desk whose people do whatever chance says, and whose promises change.
private struct Shop {
    private(set) var fold = FiguresFold()
    /// What the desk said to be broken.
    private(set) var broken: Set<Said> = []
    private var exchange: Exchange
    private var now = Moment(milliseconds: 9 * hour)
    private var random: SplitMix64
    private var commands: UInt64 = 0
    private static let person = SessionID(1)

    struct Said: Hashable {
        var ticket: TicketNumber
        var clock: ClockID
    }

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        // Nobody has to give signs of life.
        let settings = DeskSettings(heartbeatMilliseconds: 1_000 * hour)
        exchange = Exchange(desk: Desk(settings: settings), now: now)
        turn(.hello(Self.person, Author(role: .admin, key: "boss", agent: "ann"), nil))
        configure()
    }

    mutating func step() {
        if below(100) == 0 { configure() } else { act() }
        pass(Int64(below(9)) * minute + Int64(below(60_000)))
    }

    /// Open tickets that are late by the promises in force, as the list of them is made.
    func overdue(at end: Moment) -> Int {
        (1...exchange.desk.lastTicket.rawValue).count { number in
            let number = TicketNumber(number)
            guard fold[number]?.course.counts == true, let promised = exchange.desk.promises[number],
                let ticket = exchange.desk.tickets[number], ticket.isOpen
            else { return false }
            let promises = exchange.desk.settings.promises
            let rule = promises.rule(
                channel: promised.channel, priority: ticket.priority, group: promised.group)
            return rule.map { (promised.clocks.due(under: $0).first?.at ?? end) < end } == true
        }
    }

    private mutating func act() {
        // Those that came lately, mostly: else all of them would be late.
        let last = Int(exchange.desk.lastTicket.rawValue)
        let number = TicketNumber(UInt64(max(1, last - below(below(9) == 0 ? 40 : 5))))
        let ticket = exchange.desk.tickets[number]
        let (token, seen) = (ticket?.token ?? Token(0), ticket?.entries ?? 0)
        switch below(25) {
        case 0...1:
            send(
                .submit(
                    Submission(
                        channel: below(3) == 0 ? "chat" : "mail", customer: "c", subject: "s", body: "b",
                        priority: priority)))
        case 2...7: send(.claim(number, leaseMilliseconds: 8 * hour))
        case 8...11: send(.reply(number, token, seen: seen, text: "answer"))
        case 12...15: send(.resolve(number, token, seen: seen, text: "answer"))
        case 16: send(.resolve(number, token, seen: seen, text: nil))
        case 17:
            let until = below(2) == 0 ? nil : now.advanced(byMilliseconds: Int64(1 + below(90)) * minute)
            send(.pend(number, token, onHold: below(3) == 0, until: until, reason: "asked"))
        case 18...19: send(.followUp(number, body: "and?"))
        case 20: send(.escalate(number, token, to: "line-two", note: "please"))
        case 21: send(.handBack(number, token, note: "done"))
        case 22...23: send(.amend(number, nil, .priority(priority)))
        default: send(.amend(number, nil, .spam(below(3) == 0, reason: "looks like it")))
        }
    }

    private var priority: Priority {
        mutating get { Priority.allCases[below(Priority.allCases.count)] }
    }

    /// Other promises: longer or shorter ones, in other hours.
    private mutating func configure() {
        var settings = DeskSettings()
        let day = [BusinessHours.Interval(opens: 480, closes: 1_200)].compactMap(\.self)
        let hours = below(2) == 0 ? .always : (try? BusinessHours(zone: .utc) { _ in day }) ?? .always
        settings.hours = hours
        func targets(_ share: Int64) -> PromiseTargets {
            let span = Int64(20 + below(100)) * minute / share
            return PromiseTargets(
                firstResponse: span, nextResponse: span, resolution: 3 * span,
                lines: ["line-one", "line-two"].map {
                    PromiseTargets.LineTarget(line: $0, milliseconds: 2 * span)
                })
        }
        settings.promises = PromisePolicy(
            rules: [
                PromisePolicy.Rule(
                    name: "urgent", priorities: [.urgent, .high], targets: targets(3), hours: hours),
                PromisePolicy.Rule(name: "chat", channels: ["chat"], targets: targets(2), hours: hours),
                PromisePolicy.Rule(name: "others", targets: targets(1), hours: hours),
            ], warnings: [10 * minute])
        settings.keepsPromises = true
        send(
            .configure(
                Reconfiguration(
                    basis: exchange.desk.version, settings: SettingsCoding.encode(settings), source: "",
                    reason: "chance")))
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func send(_ action: Action) {
        commands += 1
        turn(.command(Self.person, Command(id: CommandID(high: 1, low: commands), action: action)))
    }

    private mutating func pass(_ milliseconds: Int64) {
        let end = now.advanced(byMilliseconds: milliseconds)
        while let deadline = exchange.nextDeadline, deadline <= end {
            now = max(now, deadline)
            turn()
        }
        now = end
    }

    private mutating func turn(_ input: Input? = nil) {
        var turn = Turn()
        if let input { exchange.handle(input, at: now, into: &turn) }
        exchange.endTurn(at: now, judges: true, into: &turn)
        for record in turn.records {
            fold.follow(record)
            guard case .alerted(let ticket, let alert, _) = record.event, alert.isBroken else { continue }
            broken.insert(Said(ticket: ticket, clock: alert.clock))
        }
    }
}
