import Desk
import Storage
import Testing
import Tickets

/// What every engine must do, and do alike.
@Suite struct StoreConformance {
    @Test(arguments: StoreKind.allCases)
    func `appended turns are read back after reopening`(_ kind: StoreKind) throws {
        let history = History(seed: 1, steps: 120)
        try kind.withStore { store in
            try store.write(history.turns)
            #expect(try store.readAll().map(\.records) == history.turns)
            #expect(try store.openLogReader().last == history.desk.position)
            #expect(try store.openLog().last == history.desk.position)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `each opening is a new epoch and its turns carry it`(_ kind: StoreKind) throws {
        let turns = History(seed: 2, steps: 60).turns
        try kind.withStore { store in
            for (index, turn) in turns.prefix(5).enumerated() {
                let log = try store.openLog()
                #expect(log.epoch == UInt64(index + 1))
                try log.append([turn])
            }
            #expect(try store.readAll().map(\.epoch) == [1, 2, 3, 4, 5])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a log that is open cannot be opened again`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let log = try store.openLog()
            let error = #expect(throws: StoreError.self) { try store.openLog() }
            #expect(error?.kind == .inUse)
            try log.append([History(seed: 3, steps: 5).turns[0]])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a reader goes on where it stopped, beside the writer`(_ kind: StoreKind) throws {
        let turns = History(seed: 4, steps: 60).turns
        try kind.withStore { store in
            let log = try store.openLog()
            let reader = try store.openLogReader()
            #expect(try reader.turns(after: .start, limit: 9).isEmpty)
            for turn in turns {
                let before = try reader.last
                try log.append([turn])
                #expect(try reader.turns(after: before, limit: 9).map(\.records) == [turn])
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `any position leads to the turn that contains it`(_ kind: StoreKind) throws {
        let turns = History(seed: 5, steps: 40).turns
        try kind.withStore { store in
            try store.write(turns)
            let reader = try store.openLogReader()
            for turn in turns {
                for record in turn {
                    #expect(try reader.turn(containing: record.position)?.records == turn)
                }
            }
            #expect(try reader.turn(containing: .start) == nil)
            #expect(try reader.turn(containing: Position(1_000_000)) == nil)
            #expect(try reader.turn(containing: Position(.max)) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases, [UInt64(11), 12])
    func `a snapshot and the tail give the desk that the whole log gives`(
        _ kind: StoreKind, _ seed: UInt64
    ) throws {
        let history = History(seed: seed)
        try kind.withStore { store in
            try store.write(history.turns)
            var folded = Desk(settings: History.settings)
            for (index, turn) in history.turns.enumerated() {
                for record in turn { folded.evolve(record) }
                if index % 40 == 39 {
                    try store.openSnapshots().save(folded)
                    let recovered = try Recovery.loadDesk(from: store, settings: History.settings)
                    #expect(recovered.snapshot == folded.position)
                    expectSame(recovered.desk, history.desk)
                }
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `recovery without a snapshot folds all of the log, or as much as is asked`(_ kind: StoreKind) throws
    {
        let history = History(seed: 14)
        try kind.withStore { store in
            try store.write(history.turns)
            let whole = try Recovery.loadDesk(from: store, settings: History.settings)
            #expect(whole.snapshot == nil)
            #expect(whole.replayed == history.records.count)
            expectSame(whole.desk, history.desk)
            let part = try Recovery.loadDesk(from: store, settings: History.settings, upTo: Position(77))
            #expect(part.desk.position == Position(77))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a snapshot that is ahead of the log, or of another one, is left alone`(_ kind: StoreKind) throws {
        let history = History(seed: 15)
        let other = History(seed: 16, steps: 300)
        try kind.withStore { store in
            try store.write(Array(history.turns.prefix(history.turns.count / 2)))
            try store.openSnapshots().save(history.desk)
            #expect(try Recovery.loadDesk(from: store, settings: History.settings).snapshot == nil)
        }
        try kind.withStore { store in
            try store.write(history.turns)
            try store.openSnapshots().save(other.desk)
            let recovered = try Recovery.loadDesk(from: store, settings: History.settings)
            #expect(recovered.snapshot == nil)
            expectSame(recovered.desk, history.desk)
        }
    }
}

/// Compares two desks field by field.
func expectSame(_ a: Desk, _ b: Desk, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(a.tickets == b.tickets, sourceLocation: sourceLocation)
    #expect(a.claims == b.claims, sourceLocation: sourceLocation)
    #expect(a.holdings == b.holdings, sourceLocation: sourceLocation)
    #expect(a.census == b.census, sourceLocation: sourceLocation)
    #expect(a.lastTicket == b.lastTicket, sourceLocation: sourceLocation)
    #expect(a.lastOutbox == b.lastOutbox, sourceLocation: sourceLocation)
    #expect(a.position == b.position, sourceLocation: sourceLocation)
    #expect(a.lastMoment == b.lastMoment, sourceLocation: sourceLocation)
    #expect(Array(a.solved) == Array(b.solved), sourceLocation: sourceLocation)
    #expect(a.answers.entries.map(\.stamp) == b.answers.entries.map(\.stamp), sourceLocation: sourceLocation)
    #expect(
        a.answers.entries.map(\.answer) == b.answers.entries.map(\.answer), sourceLocation: sourceLocation)
}
