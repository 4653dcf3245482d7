import Client
import Foundation
import Glibc
import Keys
import Rig
import Scenarios
import Tickets
import Wire
import ZeroMQ

/// Plays a scenario: customers and nodes on one thread, the broker in a process of its own.
///
/// One thread so that what is seen has one order and one clock. A turn writes for every customer whose moment has
/// come, lets seats finish whose time is over, sends, sleeps until the next moment or until something comes, and takes
/// it. If a turn is late, its customers' latencies count from their own moments all the same.
struct LoadLoop: ~Copyable {
    let scenario: Scenario
    let desk: BrokerKeeper.Desk
    let keeper: BrokerKeeper
    var book = RunBook()
    var customers: Customers
    var deskWatch: DeskWatch
    var hall: NodeHall
    var sampler: Sampler
    /// When the first phase began, in microseconds.
    var begun: Int64 = 0
    /// Injections of the phase that are still to come, with their times in microseconds.
    var upcoming: [(at: Int64, injection: Injection)] = []
    private var alarm: Alarm
    private var poller: Poller

    init(_ scenario: Scenario, draw: RequestDraw, keeper: BrokerKeeper, desk: BrokerKeeper.Desk) throws {
        let customers = try Customers(endpoint: desk.endpoint, key: desk.keys.load("client"), draw: draw)
        let deskWatch = try DeskWatch(endpoint: desk.endpoint, key: desk.keys.load("agent"))
        let hall = try NodeHall(
            scenario.fleets, endpoint: desk.endpoint, key: desk.keys.load("node"),
            random: SeededGenerator(seed: scenario.seed, purpose: 1))
        let alarm = try Alarm()
        // Nothing may throw from here on: what cannot be copied cannot be half there.
        poller = Poller([])
        sampler = Sampler(scenario)
        self.scenario = scenario
        self.desk = desk
        self.keeper = keeper
        self.customers = customers
        self.deskWatch = deskWatch
        self.hall = hall
        self.alarm = alarm
        watch()
    }

    private mutating func watch() {
        poller = Poller(
            [alarm.pollItem, keeper.news.pollItem, hall.socket.pollItem] + customers.pollItems
                + deskWatch.pollItems)
    }

    /// Plays all phases, then waits until the desk is done and its view has caught up.
    mutating func run() throws {
        try connect()
        begun = MonotonicTime.microseconds
        sampler.begin(at: begun)
        for (index, phase) in scenario.phases.enumerated() { try play(phase, index) }
        if scenario.drainSeconds > 0 { try drain() }
        try settle()
        sampler.end()
    }

    // MARK: - Parts of a run

    /// Everybody connects; what happens before the first phase is not measured.
    private mutating func connect() throws {
        let now = MonotonicTime.microseconds
        for (fleet, plan) in scenario.fleets.enumerated() { hall.join(plan.nodes, of: fleet, now: now) }
        let deadline = now + 120_000_000
        while !customers.isWelcomed || !hall.isWelcomed || sampler.pid == nil {
            guard MonotonicTime.microseconds < deadline else {
                let missing = hall.nodes.count { $0.condition != .away && !$0.session.isWelcomed }
                throw RigError(
                    "\(missing) of \(hall.nodes.count) nodes got no welcome in two minutes; see \(desk.folder)/logs"
                )
            }
            try turn()
        }
    }

    private mutating func play(_ phase: Phase, _ index: Int) throws {
        let start = MonotonicTime.microseconds
        let end = phase.seconds.map { start + Int64($0 * 1_000_000) } ?? .max
        sampler.enter(phase.name, at: start, book, comparedWith: phase.comparedWith)
        upcoming = phase.injections.map { (start + Int64($0.atSeconds * 1_000_000), $0.injection) }
        let random = SeededGenerator(seed: scenario.seed, purpose: 1_000 + UInt64(index))
        switch phase.load {
        case .none: break
        case .open(let stretches): customers.begin(stretches, random, at: start)
        case .shareOf(let name, let share):
            let rate = share * (sampler.phases.first { $0.name == name }?.lifecyclesPerSecond ?? 0)
            customers.begin([Stretch(seconds: phase.seconds ?? 0, from: rate, to: rate)], random, at: start)
        case .lifecycles(let count): customers.begin(lifecycles: count, book)
        case .closed(let outstanding, let tickets):
            customers.begin(outstanding: outstanding, tickets: tickets)
        }
        while MonotonicTime.microseconds < end {
            try turn(until: end)
            if phase.load.endsByItself, customers.isDone { break }
            if phase.endsWhenEmpty, customers.isDone, sampler.isDeskEmpty(book) { break }
        }
        customers.stop()
        sampler.leave(at: MonotonicTime.microseconds, &book)
    }

    /// Until everything is solved or parked, or the time for that is over.
    private mutating func drain() throws {
        let start = MonotonicTime.microseconds
        sampler.enter("drain", at: start, book)
        let end = start + Int64(scenario.drainSeconds * 1_000_000)
        while MonotonicTime.microseconds < end, !(customers.isDone && sampler.isDeskEmpty(book)) {
            try turn(until: end)
        }
        sampler.leave(at: MonotonicTime.microseconds, &book)
    }

    /// Until every customer has an answer, the view has what the log has, and the nodes have left.
    private mutating func settle() throws {
        let end = MonotonicTime.microseconds + 120_000_000
        while MonotonicTime.microseconds < end, customers.unanswered > 0 { try turn(until: end) }
        guard customers.unanswered == 0 else {
            throw RigError("\(customers.unanswered) customers had no answer after two minutes")
        }
        // While something waits, nodes that stay keep the log growing.
        if !sampler.isDeskEmpty(book) { try dismissNodes(until: end) }
        sampler.forgetDesk()
        while MonotonicTime.microseconds < end, !sampler.isViewUpToDate { try turn(until: end) }
        sampler.caughtUp(at: MonotonicTime.microseconds)
        try dismissNodes(until: end)
    }

    /// Lets the nodes finish what they hold and leave.
    private mutating func dismissNodes(until end: Int64) throws {
        hall.drainAll()
        while MonotonicTime.microseconds < end, !hall.isEmpty { try turn(until: end) }
    }

    // MARK: - A turn

    private mutating func turn(until end: Int64 = .max) throws {
        let now = MonotonicTime.microseconds
        try customers.write(now: now, &book)
        try inject(now: now)
        try hall.work(now: now, &book)
        if sampler.wantsFigures(now: now) { deskWatch.ask() }
        let areNew = (try customers.send(), try deskWatch.send())
        if areNew.0 || areNew.1 { watch() }
        try hall.send(now: now)
        setAlarm(end)
        try poller.wait(timeoutMilliseconds: nil)
        try customers.receive(&book)
        if let figures = try deskWatch.receive() {
            sampler.take(figures, at: MonotonicTime.microseconds, &book)
        }
        try hall.receive(&book)
        try hear()
        sampler.tick(at: MonotonicTime.microseconds, &book, hall)
    }

    private mutating func setAlarm(_ end: Int64) {
        let now = MonotonicTime.microseconds
        var due = min(now + 100_000, end, sampler.dueMicroseconds)
        if let next = customers.dueMicroseconds { due = min(due, next) }
        if let next = hall.dueMicroseconds { due = min(due, next) }
        if let next = upcoming.first?.at { due = min(due, next) }
        for case let milliseconds? in [customers.timeoutMilliseconds, deskWatch.timeoutMilliseconds] {
            due = min(due, now + Int64(milliseconds) * 1_000)
        }
        // Frames that could not leave are tried again a little later.
        if !hall.blocked.isEmpty { due = min(due, now + 2_000) }
        alarm.set(microseconds: due - now)
    }

    private mutating func inject(now: Int64) throws {
        while let next = upcoming.first, next.at <= now {
            upcoming.removeFirst()
            sampler.injected(next.injection, at: now)
            switch next.injection {
            case .killBroker(let seconds):
                keeper.post(.restart(kills: true, downSeconds: seconds))
                hall.excusedUntil = .max
            case .restartBroker(let seconds):
                keeper.post(.restart(kills: false, downSeconds: seconds))
                hall.excusedUntil = .max
            case .scale, .join, .drain, .kill, .freeze, .reconnect: try hall.inject(next.injection, now: now)
            }
        }
    }

    /// Takes what the keeper tells of the broker.
    private mutating func hear() throws {
        var news: [BrokerKeeper.News] = []
        keeper.news.drain(into: &news)
        for item in news {
            switch item {
            case .ready(let pid, let startedAt, let readyAt):
                sampler.brokerReady(
                    pid: pid, startedAt: startedAt, readyAt: readyAt, grants: book.counts.granted)
                if hall.excusedUntil == .max { hall.excusedUntil = readyAt + 20_000_000 }
            case .ended: sampler.brokerEnded()
            case .failed(let reason): throw RigError(reason)
            case .stopped: break
            }
        }
    }
}
