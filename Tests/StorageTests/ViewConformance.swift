import Desk
import Figures
import Promises
import Storage
import Testing
import Tickets

/// What every engine's view must show, and show alike.
@Suite struct ViewConformance {
    @Test(arguments: StoreKind.allCases, [UInt64(21), 22])
    func `a view folded in batches equals one folded event by event`(_ kind: StoreKind, _ seed: UInt64) throws
    {
        let history = History(seed: seed, steps: 120)
        let single = MemoryStore()
        try single.write(history.records.map { [$0] })
        try single.foldView(perFold: 1)
        let expected = try Everything(single)
        for perFold in [1, 4, 1_000] {
            try kind.withStore { store in
                try store.write(history.turns)
                try store.foldView(perFold: perFold)
                #expect(try Everything(store) == expected)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the rows of open tickets say what the desk says`(_ kind: StoreKind) throws {
        let history = History(seed: 24)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            let view = try store.openViewReader()
            for (number, ticket) in history.desk.tickets {
                let row = try #require(try view.ticket(number))
                #expect(row.status == ticket.status)
                #expect(row.place == ticket.place)
                #expect(row.line == ticket.line)
                #expect(row.owner == ticket.owner)
                #expect(row.holder == history.desk.claims[number]?.holder)
                #expect(row.frames == ticket.frames)
                #expect(row.failures == ticket.failures)
                #expect(row.revision == ticket.revision)
                #expect(row.wakes == ticket.wakes)
                #expect(row.since == ticket.since)
            }
            #expect(try view.ticket(history.desk.lastTicket)?.number == history.desk.lastTicket)
            #expect(try view.ticket(TicketNumber(history.desk.lastTicket.rawValue + 1)) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `many conversations read at once are those read one by one`(_ kind: StoreKind) throws {
        let history = History(seed: 27)
        try kind.withStore { store in
            try store.write(history.turns)
            // Small folds, so that a ticket's entries are in several blocks.
            try store.foldView(perFold: 2)
            let view = try store.openViewReader()
            let last = history.desk.lastTicket.rawValue
            let every = (1...last).map { TicketNumber($0) }
            let one = try every.map { number in
                StoredConversation(
                    ticket: try #require(try view.ticket(number)), entries: try view.entries(of: number))
            }
            #expect(one.contains { $0.entries.count > 2 })
            #expect(try view.conversations(of: every) == one)
            let asked = [TicketNumber(last + 1), every[3], every[0], every[3]]
            #expect(try view.conversations(of: asked) == [one[0], one[3]])
            #expect(try view.conversations(of: []).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a view goes on after reopening, and after a reset is built again`(_ kind: StoreKind) throws {
        let history = History(seed: 25)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView(perFold: 3)
            let whole = try Everything(store)
            let reader = try store.openViewReader()
            try store.openView().reset()
            #expect(try reader.position == .start)
            #expect(try reader.tickets(TicketFilter()).isEmpty)
            // A fold and a reopening in turn: whom the rows name as holders is read back each time.
            let log = try store.openLogReader()
            while let view = Optional(try store.openView()), view.position < history.desk.position {
                try view.fold(try log.turns(after: view.position, limit: 2))
            }
            #expect(try Everything(store) == whole)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `turns that were folded before change nothing, and a gap is refused`(_ kind: StoreKind) throws {
        let history = History(seed: 26, steps: 60)
        try kind.withStore { store in
            try store.write(history.turns)
            let turns = try store.readAll()
            let view = try store.openView()
            try view.fold(Array(turns.prefix(10)))
            try view.fold(Array(turns.prefix(8)))
            try view.fold(Array(turns.prefix(20)))
            #expect(throws: StoreError.self) { try view.fold(Array(turns.dropFirst(22))) }
            try view.fold(Array(turns.dropFirst(20)))
            #expect(view.position == history.desk.position)
            let other = MemoryStore()
            try other.write(history.turns)
            try other.foldView()
            #expect(try Everything(store) == Everything(other))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a filter gives its tickets in order, page by page`(_ kind: StoreKind) throws {
        let history = History(seed: 27)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            let view = try store.openViewReader()
            var any = TicketFilter()
            any.limit = .max
            let all = try view.tickets(any)
            #expect(all.count == Int(history.desk.lastTicket.rawValue))
            for var filter in filters(for: all) {
                filter.limit = .max
                let expected = all.filter { filter.matches($0) }
                #expect(try view.tickets(filter) == expected, "\(filter)")
                filter.limit = 3
                var paged: [TicketRow] = []
                while let page = Optional(try view.tickets(filter)), let last = page.last {
                    paged += page
                    filter.after = last.number
                }
                #expect(paged == expected)
            }
            any.limit = 0
            #expect(try view.tickets(any).isEmpty)
        }
    }

    private func filters(for rows: [TicketRow]) -> [TicketFilter] {
        var filters: [TicketFilter] = []
        func add(_ change: (inout TicketFilter) -> Void) {
            var filter = TicketFilter()
            change(&filter)
            filters.append(filter)
        }
        for status in Status.allCases { add { $0.status = status } }
        for place in Place.allCases {
            add { $0.place = place }
            for line in ["line-one", "line-two", "none"] as [Name] {
                add { ($0.place, $0.line) = (place, line) }
            }
        }
        add { $0.line = "line-two" }
        add { $0.isOpen = true }
        add { ($0.isOpen, $0.line) = (true, "line-two") }
        add { ($0.isOpen, $0.owner) = (true, "n1") }
        for owner in ["n1", "ann", "nobody"] as [Name] { add { $0.owner = owner } }
        // The same customer to a reader, but not the same bytes.
        for customer in ["c1é", "c1e\u{301}", ""] { add { $0.customer = customer } }
        // As the desk compares them: the case of Latin letters does not matter.
        add { $0.customer = "C1é" }
        add { ($0.owner, $0.status, $0.customer) = ("n2", .closed, rows[0].customer) }
        return filters
    }

    @Test(arguments: StoreKind.allCases)
    func `positions lead from a ticket to its events`(_ kind: StoreKind) throws {
        let history = History(seed: 28)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            let view = try store.openViewReader()
            for number in (1...history.desk.lastTicket.rawValue).map({ TicketNumber($0) }) {
                let expected = history.records.filter { $0.event.tickets.contains(number) }.map(\.position)
                #expect(try view.positions(of: number, after: 0, limit: .max) == expected)
                #expect(
                    try view.positions(of: number, after: 2, limit: 2)
                        == Array(expected.dropFirst(2).prefix(2)))
            }
            #expect(try view.positions(of: TicketNumber(.max), after: 0, limit: 9).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the outbox has each reply once and in order`(_ kind: StoreKind) throws {
        let history = History(seed: 29)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            let view = try store.openViewReader()
            let rows = try view.outbox(after: 0, limit: .max)
            #expect(rows.map(\.number) == Array(1...history.desk.lastOutbox))
            #expect(try view.outbox(after: 2, limit: 3) == Array(rows.dropFirst(2).prefix(3)))
            for row in rows {
                let entry = try view.entries(of: row.ticket).first { $0.number == row.entry }
                #expect(entry?.kind == .reply)
            }
        }
    }

    private static let figuresSeeds: [UInt64] = [41, 42, 43, 44]

    @Test func `what figures are compared on has what they count`() {
        let folds = Self.figuresSeeds.map { seed in
            var fold = FiguresFold()
            for record in History(seed: seed, steps: 700).records { fold.follow(record) }
            return fold
        }
        let courses = folds.flatMap { $0.tickets.map(\.course) }
        #expect(folds.allSatisfy { $0.promises.versions.count > 1 })
        #expect(courses.contains { !$0.changes.isEmpty && $0.isSolved })
        #expect(courses.contains { $0.reopenings > 0 })
        #expect(courses.contains { $0.handBacks > 0 })
        #expect(courses.contains { !$0.clocks.answered.isEmpty })
        #expect(courses.contains { $0.heldMilliseconds > 0 })
    }

    @Test(arguments: StoreKind.allCases, figuresSeeds)
    func `the figures in the view are those of the log`(_ kind: StoreKind, _ seed: UInt64) throws {
        let history = History(seed: seed, steps: 700)
        var log = FiguresFold()
        for record in history.records { log.follow(record) }
        try kind.withStore { store in
            try store.write(history.turns)
            // Small folds, so that a ticket's figures are written several times, and some are of rows read back.
            try store.foldView(perFold: 3)
            #expect(try store.openViewReader().figures() == log)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `figures of a view that lags go on with the log`(_ kind: StoreKind) throws {
        let history = History(seed: 44, steps: 200)
        var log = FiguresFold()
        for record in history.records { log.follow(record) }
        try kind.withStore { store in
            try store.write(history.turns)
            let turns = try store.readAll()
            try store.openView().fold(Array(turns.prefix(turns.count / 2)))
            var figures = try store.openViewReader().figures()
            var kept = try store.openViewReader().keptFigures()
            for turn in turns {
                for record in turn.records {
                    figures.follow(record)
                    kept.follow(record)
                }
            }
            #expect(figures == log)
            #expect(try kept.whole() == log)
            let question = Report.Question(
                by: ReportGrouping.allCases, accepted: .zero..<Moment.distantFuture, promises: log.promises)
            #expect(try Report(kept, question).rows == Report(log, question).rows)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `tallies add up to the desk's census`(_ kind: StoreKind) throws {
        let history = History(seed: 30)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            let tallies = try store.openViewReader().tallies()
            let census = history.desk.census
            #expect(tallies.reduce(0) { $0 + $1.claims } == census.claims)
            #expect(tallies.reduce(0) { $0 + $1.replies } == census.replies)
            #expect(tallies.reduce(0) { $0 + $1.resolved } == census.resolutions)
            #expect(tallies.reduce(0) { $0 + $1.escalated } == census.escalated)
            #expect(tallies.reduce(0) { $0 + $1.handedBack } == census.handedBack)
            #expect(Set(tallies.map(\.run)).count == tallies.count)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `reads at once see one position while the view is written`(_ kind: StoreKind) throws {
        let history = History(seed: 31, steps: 100)
        try kind.withStore { store in
            try store.write(history.turns)
            let turns = try store.readAll()
            let view = try store.openView()
            try view.fold(Array(turns.prefix(10)))
            let reader = try store.openViewReader()
            try reader.atOnce { () throws(StoreError) in
                let before = try reader.position
                let tickets = try reader.tickets(TicketFilter())
                try view.fold(Array(turns.dropFirst(10)))
                #expect(try reader.position == before)
                #expect(try reader.tickets(TicketFilter()) == tickets)
            }
            #expect(try reader.position == history.desk.position)
        }
    }
}

/// All that a view shows.
struct Everything: Equatable {
    var position: Position
    var tickets: [TicketRow]
    var entries: [[EntryRow]]
    var positions: [[Position]]
    var outbox: [OutboxRow]
    var tallies: [NodeTally]
    var figures: FiguresFold

    init(_ store: any Store) throws {
        let view = try store.openViewReader()
        var filter = TicketFilter()
        filter.limit = .max
        position = try view.position
        tickets = try view.tickets(filter)
        entries = try tickets.map { try view.entries(of: $0.number) }
        positions = try tickets.map { try view.positions(of: $0.number, after: 0, limit: .max) }
        outbox = try view.outbox(after: 0, limit: .max)
        tallies = try view.tallies()
        figures = try view.figures()
    }
}
