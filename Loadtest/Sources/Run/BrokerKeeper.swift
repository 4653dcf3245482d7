import Client
import Foundation
import Keys
import Rig
import Scenarios
import ZeroMQ

/// The thread that starts the broker under test, kills it and starts it again.
///
/// One thread for its whole life: the broker ends with the thread that started it, and waiting for a process must not
/// hold up the load.
final class BrokerKeeper: Sendable {
    enum Order: Sendable {
        /// Ends the broker, with SIGKILL or in good order, and starts it again after a while.
        case restart(kills: Bool, downSeconds: Double)
        /// Ends the broker in good order, and the thread.
        case stop
    }

    enum News: Sendable {
        /// A broker serves; the times are microseconds of the monotonic clock.
        case ready(pid: Int32, startedAt: Int64, readyAt: Int64)
        case ended
        /// The broker ended in good order, and so does the thread.
        case stopped
        case failed(String)
    }

    /// Where everything is.
    struct Desk: Sendable {
        var folder: String
        var program: String
        var endpoint: String
        var keys: KeyFolder
    }

    let news: Mailbox<News>
    private let orders: Mailbox<Order>
    private let thread: DedicatedThread

    /// Starts the thread, which makes the desk, tells of it through `made`, and starts the broker.
    init(
        _ plan: BrokerPlan, program: String?, parent: String?, made: @escaping @Sendable (Desk) -> Void
    ) throws(ZeroMQError) {
        let news = try Mailbox<News>(capacity: 64)
        let orders = try Mailbox<Order>(capacity: 64)
        self.news = news
        self.orders = orders
        thread = try DedicatedThread(named: "load.broker") {
            do {
                var keeping = Keeping(desk: try Self.desk(plan, program: program, parent: parent), news: news)
                made(keeping.facts)
                try keeping.run(orders)
            } catch {
                news.postAlways(.failed("\(error)"))
            }
        }
    }

    func post(_ order: Order) {
        orders.postAlways(order)
    }

    func join() {
        thread.join()
    }

    private static func desk(_ plan: BrokerPlan, program: String?, parent: String?) throws -> TestDesk {
        let desk = try TestDesk(program: program, parent: parent)
        desk.leaseMilliseconds = plan.leaseMilliseconds
        desk.heartbeatMilliseconds = plan.heartbeatMilliseconds
        guard let file = plan.file else { return desk }
        // Where `verify` looks for the broker's settings too.
        let path = "\(desk.folder)/run/broker.yaml"
        try FileManager.default.createDirectory(
            atPath: "\(desk.folder)/run", withIntermediateDirectories: true)
        try Data(file.utf8).write(to: URL(fileURLWithPath: path))
        desk.brokerArguments = ["--config", path]
        return desk
    }
}

/// The state of the keeper's thread.
private struct Keeping {
    let desk: TestDesk
    let news: Mailbox<BrokerKeeper.News>
    private var broker: ChildProcess?

    init(desk: TestDesk, news: Mailbox<BrokerKeeper.News>) {
        self.desk = desk
        self.news = news
    }

    var facts: BrokerKeeper.Desk {
        BrokerKeeper.Desk(
            folder: desk.folder, program: desk.program, endpoint: desk.brokerEndpoint, keys: desk.keys)
    }

    mutating func run(_ orders: Mailbox<BrokerKeeper.Order>) throws {
        defer { broker?.kill() }
        try start()
        var poller = Poller([orders.pollItem])
        var batch: [BrokerKeeper.Order] = []
        while true {
            try poller.wait(timeoutMilliseconds: nil)
            batch.removeAll(keepingCapacity: true)
            orders.drain(into: &batch)
            for order in batch {
                switch order {
                case .restart(let kills, let downSeconds):
                    try end(kills: kills)
                    news.postAlways(.ended)
                    Thread.sleep(forTimeInterval: downSeconds)
                    try start()
                case .stop:
                    try end(kills: false)
                    news.postAlways(.stopped)
                    return
                }
            }
        }
    }

    private mutating func start() throws {
        let startedAt = MonotonicTime.microseconds
        let started = try desk.startBroker()
        broker = started
        news.postAlways(
            .ready(pid: started.pid, startedAt: startedAt, readyAt: MonotonicTime.microseconds))
    }

    private mutating func end(kills: Bool) throws {
        guard let ending = broker else { return }
        broker = nil
        if kills { return ending.kill() }
        let code = ending.terminate()
        guard code == 0 else {
            throw RigError("the broker ended with \(code) instead of 0; see \(desk.folder)/logs/broker.log")
        }
    }
}
