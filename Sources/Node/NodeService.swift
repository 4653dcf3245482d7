package import Client
package import Logging
import ServiceLifecycle
import Tickets
import ZeroMQ

/// A worker node: takes tickets of one line, gives them to its handler, carries out what that decides.
///
/// One thread owns the sockets and the ``NodeLogic``; handlers run as child tasks and post what they decide
/// to it. A graceful shutdown drains, a cancellation puts everything back at once; either ends ``run()``.
package struct NodeService: Service, CustomStringConvertible {
    private let configuration: NodeConfiguration
    private let logger: Logger
    private let onReady: @Sendable (SessionWelcome) -> Void

    /// `onReady` is called once, on the socket thread, when the broker has let the node in.
    package init(
        _ configuration: NodeConfiguration, logger: Logger,
        onReady: @escaping @Sendable (SessionWelcome) -> Void = { _ in }
    ) {
        self.configuration = configuration
        var logger = logger
        logger[metadataKey: "node"] = "\(configuration.name)"
        logger[metadataKey: "line"] = "\(configuration.line)"
        self.logger = logger
        self.onReady = onReady
    }

    /// For the logs of the service group; the configuration is no news to anybody.
    package var description: String { "node \(configuration.name)" }

    /// Serves until asked to end, or dismissed.
    ///
    /// - Throws: ``NodeError``, or what libzmq could not do.
    package func run() async throws {
        // Of some channels a seat has room for several tickets.
        let ticketsMax = configuration.seats * SeatCosts.perSeatRange.upperBound
        let mailbox = try Mailbox<NodePost>(capacity: ticketsMax + NodeLoop.postsSpare)
        // Twice that, because a cancelled one may linger.
        let (orders, continuation) = AsyncStream.makeStream(
            of: WorkOrder.self, bufferingPolicy: .bufferingOldest(2 * ticketsMax))
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await serve(mailbox, orders, continuation)
            } onGracefulShutdown: {
                mailbox.postAlways(.drain)
            }
        } onCancel: {
            mailbox.postAlways(.stop)
        }
    }

    private func serve(
        _ mailbox: Mailbox<NodePost>, _ orders: AsyncStream<WorkOrder>,
        _ continuation: AsyncStream<WorkOrder>.Continuation
    ) async throws {
        let pool = HandlerPool(handler: configuration.handler) { mailbox.postAlways($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends the pool, whichever way the thread ended.
                defer { continuation.finish() }
                try await withDedicatedThread(named: "sb.node") { [configuration, logger, onReady] in
                    defer { _ = mailbox.close() }
                    var loop = try NodeLoop(
                        configuration, mailbox: mailbox, orders: continuation, logger: logger,
                        onReady: onReady)
                    try loop.runUntilOver()
                }
            }
            group.addTask { await pool.run(orders) }
            if let returns = configuration.returns {
                group.addTask { for await _ in returns { mailbox.postAlways(.back) } }
            }
            // The thread and the pool; returns have no end.
            for _ in 0..<2 { try await group.next() }
            group.cancelAll()
        }
    }
}
