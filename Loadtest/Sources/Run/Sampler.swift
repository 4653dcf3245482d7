import Client
import Foundation
import Scenarios
import Tickets
import Wire

/// Turns what happens into the report's series: a sample a second, a summary a phase, and marks.
struct Sampler {
    private static let figuresEvery: Int64 = 50_000

    private(set) var samples: [Sample] = []
    private(set) var phases: [PhaseReport] = []
    private(set) var injections: [InjectionReport] = []
    private(set) var restarts: [Restart] = []
    private(set) var viewCatchUpMs: Double?
    /// The broker's process; nil until it serves.
    private(set) var pid: Int32?
    /// The desk's figures as they were told last; nil while they are not to be trusted.
    private(set) var figures: ProtoStatsResult?
    private let scenario: Scenario
    private var begun: Int64 = 0
    private var secondEnds: Int64 = .max
    private var asksAt: Int64 = 0
    private var broker = ProcessMeter(pid: nil)
    private var own = ProcessMeter(pid: getpid())
    private var countsBefore = Counts()
    private var grantsBefore: [Int] = []
    private var lagMax: Int64 = 0
    private var phaseBefore = Counts()
    private var phaseBroker = ProcessMeter(pid: nil)
    private var phaseOwn = ProcessMeter(pid: getpid())
    /// When the process was started whose first grant is waited for, and the grants before.
    private var restarted: (at: Int64, grants: Int)?
    private var settlesAt: Int64 = 0
    private let progress: Progress

    init(_ scenario: Scenario) {
        self.scenario = scenario
        progress = Progress(scenario)
    }

    mutating func begin(at now: Int64) {
        begun = now
        secondEnds = now + 1_000_000
        broker = ProcessMeter(pid: pid)
        own = ProcessMeter(pid: getpid())
    }

    func end() {
        progress.end()
        progress.note("looking through the log, then `switchboard verify`")
    }

    var dueMicroseconds: Int64 { min(secondEnds, asksAt) }

    // MARK: - The broker's figures

    mutating func wantsFigures(now: Int64) -> Bool {
        guard now >= asksAt else { return false }
        asksAt = now + Self.figuresEvery
        return true
    }

    mutating func take(_ result: ProtoStatsResult, at now: Int64, _ book: inout RunBook) {
        figures = result
        let lag = book.viewReached(Position(result.position - min(result.viewLag, result.position)), at: now)
        lagMax = max(lagMax, lag)
    }

    /// What was told so far may be from before what matters now.
    mutating func forgetDesk() {
        figures = nil
        settlesAt = MonotonicTime.microseconds
    }

    /// Nothing waits and nothing is claimed, by a count of the desk's that has all requests which it accepted.
    func isDeskEmpty(_ book: borrowing RunBook) -> Bool {
        guard let totals = figures?.totals, totals.submitted >= book.counts.accepted else { return false }
        return totals.waiting == 0 && totals.claimed == 0
    }

    var isViewUpToDate: Bool { figures.map { $0.viewLag == 0 } ?? false }

    mutating func caughtUp(at now: Int64) {
        viewCatchUpMs = Double(now - settlesAt) / 1_000
    }

    // MARK: - The broker's process

    mutating func brokerReady(pid: Int32, startedAt: Int64, readyAt: Int64, grants: Int) {
        self.pid = pid
        broker = ProcessMeter(pid: pid)
        phaseBroker = ProcessMeter(pid: pid)
        guard let last = restarts.indices.last else { return }
        restarts[last].readyMs = Double(readyAt - startedAt) / 1_000
        restarted = (startedAt, grants)
        mark("the broker serves again", at: readyAt)
    }

    mutating func brokerEnded() {
        figures = nil
        pid = nil
        broker = ProcessMeter(pid: nil)
        phaseBroker = ProcessMeter(pid: nil)
        restarted = nil
    }

    private mutating func noteFirstGrant(at now: Int64, grants: Int) {
        guard let start = restarted, grants > start.grants, let last = restarts.indices.last else { return }
        restarted = nil
        restarts[last].firstGrantMs = Double(now - start.at) / 1_000
        guard let memory = broker.memory() else { return }
        restarts[last].residentMiB = memory.now
        restarts[last].highestMiB = memory.highest
    }

    // MARK: - Marks

    mutating func injected(_ injection: Injection, at now: Int64) {
        mark(injection.words(scenario), at: now)
        let isKill: Bool
        switch injection {
        case .killBroker: isKill = true
        case .restartBroker: isKill = false
        case .scale, .join, .drain, .kill, .freeze, .reconnect: return
        }
        let totals = figures?.totals ?? ProtoTotals()
        restarts.append(
            Restart(
                atSeconds: seconds(now), killed: isKill,
                openTickets: totals.waiting + totals.claimed + totals.pending + totals.onHold + totals.parked)
        )
    }

    private mutating func mark(_ what: String, at now: Int64) {
        injections.append(InjectionReport(atSeconds: seconds(now), what: what))
    }

    private func seconds(_ now: Int64) -> Double {
        (Double(now - begun) / 10_000).rounded() / 100
    }

    // MARK: - Phases and seconds

    mutating func enter(
        _ name: String, at now: Int64, _ book: borrowing RunBook, comparedWith other: String? = nil
    ) {
        var phase = PhaseReport(name: name, startSeconds: seconds(now))
        phase.comparedWith = other
        phase.waitingBefore = figures?.totals.waiting ?? 0
        phases.append(phase)
        phaseBefore = book.counts
        phaseBroker = ProcessMeter(pid: pid)
        phaseOwn = ProcessMeter(pid: getpid())
        progress.enter(name)
    }

    mutating func leave(at now: Int64, _ book: inout RunBook) {
        guard let last = phases.indices.last else { return }
        phases[last].counts = book.counts - phaseBefore
        phases[last].close(seconds: Double(now - begun) / 1_000_000 - phases[last].startSeconds)
        if let other = phases.first(where: { $0.name == phases[last].comparedWith }) {
            phases[last].compare(other)
        }
        phases[last].submitMs = book.submit.takePhase()
        phases[last].grantMs = book.grant.takePhase()
        phases[last].solveMs = book.solve.takePhase()
        phases[last].viewLagMs = book.viewLag.takePhase()
        phases[last].brokerCores = phaseBroker.cores()
        phases[last].generatorCores = phaseOwn.cores()
        phases[last].brokerMiB = broker.memory()?.now ?? 0
        phases[last].waitingAfter = figures?.totals.waiting ?? 0
    }

    /// Ends a second when its time has come.
    mutating func tick(at now: Int64, _ book: inout RunBook, _ hall: borrowing NodeHall) {
        noteFirstGrant(at: now, grants: book.counts.granted)
        guard now >= secondEnds else { return }
        var sample = Sample(atSeconds: seconds(now))
        secondEnds += 1_000_000
        sample.counts = book.counts - countsBefore
        countsBefore = book.counts
        sample.lines = figures.map { $0.lines.map { LineSample($0) } } ?? samples.last?.lines ?? []
        sample.submitMs = book.submit.takeSecond()
        sample.grantMs = book.grant.takeSecond()
        _ = book.solve.takeSecond()
        _ = book.viewLag.takeSecond()
        sample.viewLagMs = Double(lagMax) / 1_000
        lagMax = 0
        sample.brokerCores = broker.cores()
        sample.generatorCores = own.cores()
        sample.brokerMiB = broker.memory()?.now ?? 0
        if grantsBefore.isEmpty { grantsBefore = hall.grantCounts.map { _ in 0 } }
        for fleet in scenario.fleets.indices {
            sample.fleets.append(
                FleetSample(
                    nodes: hall.count(of: fleet), held: hall.heldCounts[fleet],
                    granted: hall.grantCounts[fleet] - grantsBefore[fleet]))
        }
        grantsBefore = hall.grantCounts
        samples.append(sample)
        progress.show(sample, isBrokerAway: pid == nil)
    }
}

extension LineSample {
    init(_ proto: ProtoLineStats) {
        self.init(name: proto.name, waiting: proto.waiting, oldestMs: proto.oldestMs, claimed: proto.claimed)
    }
}
