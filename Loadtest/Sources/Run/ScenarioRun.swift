import Desk
import Foundation
import Rig
import Scenarios
import Storage
import StorageSQLite
import Synchronization
import Tickets
import ZeroMQ

/// A scenario from its beginning to its report, on a desk of its own.
struct ScenarioRun {
    let scenario: Scenario
    /// The requests that customers send, and where they came from.
    let requests: SampleRequests
    let requestsPath: String
    let program: String?
    /// Where the desk's folder goes; nil: the temporary folder.
    let parent: String?
    /// Whether the desk's folder stays when all is well.
    let keepsDesk: Bool

    /// - Throws: When the run could not be played to its end. What did not hold is in the report.
    func run() throws -> RunReport {
        _ = try raiseFileDescriptorLimit()
        let draw = try RequestDraw(
            scenario.requests, from: requests.submissions, file: requestsPath,
            random: SeededGenerator(seed: scenario.seed, purpose: 2))
        let startedAt = Date().ISO8601Format()
        let made = Mutex<BrokerKeeper.Desk?>(nil)
        let keeper = try BrokerKeeper(scenario.broker, program: program, parent: parent) { desk in
            made.withLock { $0 = desk }
        }
        do {
            try wait(for: keeper) { made.withLock { $0 } != nil }
            guard let desk = made.withLock({ $0 }) else { throw RigError("the desk was not made") }
            var loop = try LoadLoop(scenario, draw: draw, keeper: keeper, desk: desk)
            try loop.run()
            try stop(keeper)
            var report = RunReport(scenario: scenario, startedAt: startedAt, machine: .this)
            report.take(loop, scenario)
            try check(loop.book, desk, &report)
            if report.ok, !keepsDesk { try FileManager.default.removeItem(atPath: desk.folder) }
            return report
        } catch {
            // Ends the broker, whichever state it is in; the error that is thrown says more than another one would.
            keeper.post(.stop)
            keeper.join()
            throw error
        }
    }

    /// Looks at the keeper's news until something is so.
    private func wait(for keeper: BrokerKeeper, until isSo: () -> Bool) throws {
        var poller = Poller([keeper.news.pollItem])
        while !isSo() {
            try poller.wait(timeoutMilliseconds: 10)
            guard keeper.news.count > 0, !isSo() else { continue }
            var news: [BrokerKeeper.News] = []
            keeper.news.drain(into: &news)
            for case .failed(let reason) in news { throw RigError(reason) }
        }
    }

    private func stop(_ keeper: BrokerKeeper) throws {
        keeper.post(.stop)
        keeper.join()
        var news: [BrokerKeeper.News] = []
        keeper.news.drain(into: &news)
        for case .failed(let reason) in news { throw RigError(reason) }
    }

    // MARK: - Checks

    /// Compares what was seen with the log, then lets `switchboard verify` look at everything.
    private func check(_ book: borrowing RunBook, _ desk: BrokerKeeper.Desk, _ report: inout RunReport) throws
    {
        var loss = LossCheck(run: Customers.run)
        var order = OrderCheck(lines: scenario.broker.lines)
        let log = try SQLiteStore(folder: desk.folder).openLogReader()
        var position = Position.start
        while true {
            let turns = try log.turns(after: position, limit: 256)
            guard let last = turns.last?.records.last?.position else { break }
            for turn in turns {
                for record in turn.records {
                    loss.follow(record)
                    order.follow(record)
                }
            }
            position = last
        }
        for (request, ticket) in book.acknowledged.enumerated() where ticket > 0 {
            loss.acknowledge(request: UInt64(request), as: TicketNumber(ticket))
        }
        for ticket in book.resolved { loss.acknowledgeResolution(of: TicketNumber(ticket)) }
        if scenario.drainSeconds > 0 { loss.expectCompletion() }
        report.take(loss, order, book)
        report.checks.append(try verify(desk))
        report.judge()
    }

    private func verify(_ desk: BrokerKeeper.Desk) throws -> CheckReport {
        let outcome = try Outcome.of(desk.program, ["verify", "--json", "--data", desk.folder])
        var check = CheckReport("verify", "`switchboard verify` finds the desk's log, view and files clean")
        let invariants = try outcome.json()["invariants"] as? [[String: Any]] ?? []
        for invariant in invariants {
            let violations = invariant["violations"] as? Int ?? 0
            check.checked += (invariant["checked"] as? Int ?? 0)
            check.violations += violations
            guard violations > 0 else { continue }
            let details = (invariant["details"] as? [String] ?? []).prefix(3).joined(separator: "; ")
            check.details.append("\(invariant["name"] ?? "?"), \(violations) times: \(details)")
        }
        if outcome.exitCode != 0, check.violations == 0 {
            check.check(false, "it ended with \(outcome.exitCode): \(outcome.errors.prefix(200))")
        }
        return check
    }
}
