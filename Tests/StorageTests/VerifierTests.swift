import Desk
import Storage
import Testing
import Tickets

@Suite struct VerifierTests {
    @Test(arguments: StoreKind.allCases, [UInt64(41), 42, 43])
    func `a good history is found good`(_ kind: StoreKind, _ seed: UInt64) throws {
        let history = History(seed: seed)
        try kind.withStore { store in
            try store.write(history.turns)
            try store.foldView()
            try store.openSnapshots().save(history.desk)
            let verdict = try Verifier.verify(store, settings: History.settings)
            #expect(verdict.ok, "\(verdict.invariants.filter { $0.violationCount > 0 })")
            #expect(verdict.tickets == Int(history.desk.lastTicket.rawValue))
            #expect(verdict.events == history.records.count)
            #expect(verdict.viewLag == 0)
            #expect(verdict.notices.isEmpty)
            for report in verdict.invariants {
                #expect(report.checked > 0, "\(report.name) was never looked at")
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a view that lags is compared where it stands`(_ kind: StoreKind) throws {
        let history = History(seed: 44)
        try kind.withStore { store in
            try store.write(history.turns)
            let view = try store.openView()
            try view.fold(try store.openLogReader().turns(after: .start, limit: 30))
            let verdict = try Verifier.verify(store, settings: History.settings)
            #expect(verdict.ok, "\(verdict.invariants.filter { $0.violationCount > 0 })")
            #expect(verdict.viewLag == history.desk.position.rawValue - view.position.rawValue)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a log without events or without a view is found good`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            _ = try store.openLog()
            #expect(try Verifier.verify(store, settings: History.settings).ok)
            try store.write(History(seed: 45, steps: 20).turns)
            #expect(try Verifier.verify(store, settings: History.settings).ok)
        }
    }

    @Test func `the log written by hand is found good`() throws {
        let verdict = try Verifier.verify(SmallLog().stored(), settings: History.settings)
        #expect(verdict.ok, "\(verdict.invariants.filter { $0.violationCount > 0 })")
    }

    @Test(arguments: PlantedFault.all)
    func `a planted fault is found, and nothing else`(_ fault: PlantedFault) throws {
        let store = try fault.plant(SmallLog())
        let verdict = try Verifier.verify(store, settings: History.settings)
        let found = verdict.invariants.filter { $0.violationCount > 0 }
        #expect(found.map(\.name) == [fault.invariant.rawValue], "\(found)")
        #expect(!verdict.ok)
        for report in found { #expect(!report.violations.isEmpty) }
    }

    @Test func `each invariant has a planted fault`() {
        #expect(Set(PlantedFault.all.map(\.invariant)) == Set(Invariant.allCases))
    }

    @Test func `many violations are counted, and the first are kept in words`() throws {
        var log = SmallLog()
        for number in 6...60 { log.submit(UInt64(number)) }
        let store = try log.stored()
        store.alterView { view in
            for number in 6...60 { view.tickets[TicketNumber(UInt64(number))]?.failures = 7 }
        }
        let verdict = try Verifier.verify(store, settings: History.settings)
        let report = try #require(verdict.invariants.first { $0.name == "D6" })
        #expect(report.violationCount == 55)
        #expect(report.violations.count == 20)
    }
}
