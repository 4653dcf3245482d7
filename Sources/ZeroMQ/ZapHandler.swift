import Synchronization

/// Decides who is let in, on a thread of its own; one per process at a time.
///
/// Start it before binding any socket with ``Security/server(secretKey:domain:)`` or
/// ``Security/loopbackServer(domain:)``, and stop the broker when
/// ``isHealthy`` is false: without a handler nobody new gets in, while connections that exist stay.
/// Source: ZeroMQ RFC 27.
package final class ZapHandler: Sendable {
    /// The name libzmq looks for.
    package static let endpoint = "inproc://zeromq.zap.01"

    private let loop: ZapLoop
    private let thread: DedicatedThread

    /// Returns when the handler answers.
    ///
    /// - Parameters:
    ///   - domain: The only ZAP domain it lets anyone into.
    ///   - context: Its inproc name lives here, so it must be that of the sockets.
    ///   - onRefusal: Called on the handler's thread for each refusal; a peer with a wrong key tries again and
    ///     again, so limit what you log.
    ///   - lookup: How peers show who they are, and who that is.
    /// - Throws: ``ZeroMQError/addressInUse`` while another handler runs.
    package init(
        domain: String, context: Context = .shared,
        onRefusal: @escaping @Sendable (ZapRefusal) -> Void = { _ in }, lookup: ZapLookup
    ) throws(ZeroMQError) {
        let policy = ZapPolicy(domain: domain, lookup: lookup)
        let loop = ZapLoop(policy: policy, onRefusal: onRefusal, stop: try WakeUp(), started: try WakeUp())
        self.loop = loop
        thread = try DedicatedThread(named: "zap") { loop.run(context: context) }
        loop.started.wait()
        if let failure = loop.failure.withLock({ $0 }) {
            thread.join()
            throw failure
        }
    }

    /// The same for CURVE keys.
    package convenience init(
        domain: String, context: Context = .shared,
        onRefusal: @escaping @Sendable (ZapRefusal) -> Void = { _ in },
        userID: @escaping @Sendable (Z85Key) -> String?
    ) throws(ZeroMQError) {
        try self.init(domain: domain, context: context, onRefusal: onRefusal, lookup: .byKey(userID))
    }

    deinit {
        stop()
    }

    /// Whether the thread still answers.
    package var isHealthy: Bool { loop.isServing.load(ordering: .acquiring) }

    /// What ended the thread; nil while it is healthy and after ``stop()``.
    package var failure: ZeroMQError? { loop.failure.withLock { $0 } }

    /// Connections refused since the start.
    package var refusalCount: Int { loop.refusalCount.load(ordering: .relaxed) }

    /// Ends the thread and waits for it. From here on nobody new gets in. May be called again.
    package func stop() {
        loop.stop.ring()
        thread.join()
    }
}

/// What the handler's thread runs, and what it shares with the others.
private final class ZapLoop: Sendable {
    /// Requests answered before the thread looks whether it should stop.
    private static let requestsPerTurn = 256

    let policy: ZapPolicy
    let onRefusal: @Sendable (ZapRefusal) -> Void
    let stop: WakeUp
    /// Rung once, when the socket is bound or could not be.
    let started: WakeUp
    let isServing = Atomic(false)
    let refusalCount = Atomic(0)
    let failure = Mutex<ZeroMQError?>(nil)

    init(
        policy: ZapPolicy, onRefusal: @escaping @Sendable (ZapRefusal) -> Void, stop: WakeUp, started: WakeUp
    ) {
        self.policy = policy
        self.onRefusal = onRefusal
        self.stop = stop
        self.started = started
    }

    func run(context: Context) {
        do {
            try serve(context: context)
        } catch {
            failure.withLock { $0 = error }
        }
        isServing.store(false, ordering: .releasing)
        started.ring()
    }

    private func serve(context: Context) throws(ZeroMQError) {
        let socket = try Socket(.rep, context: context)
        let endpoint = try socket.bind(ZapHandler.endpoint)
        isServing.store(true, ordering: .releasing)
        started.ring()
        var poller = Poller([socket.pollItem, PollItem(fileDescriptor: stop.fileDescriptor)])
        while !poller.isReady(1) {
            try poller.wait(timeoutMilliseconds: nil)
            for _ in 0..<Self.requestsPerTurn {
                guard let parts = try socket.receiveParts(countMax: ZapRequest.partCount) else { break }
                try answer(parts, through: socket)
            }
        }
        // Closing alone would free the name later, on a thread of libzmq, and a handler started now would fail.
        try socket.unbind(endpoint)
    }

    private func answer(_ parts: [[UInt8]], through socket: borrowing Socket) throws(ZeroMQError) {
        let (reply, refusal) = policy.answer(parts)
        // A REP drops replies to those that have left; it never says full.
        _ = try socket.sendParts(reply.parts)
        if let refusal {
            refusalCount.add(1, ordering: .relaxed)
            onRefusal(refusal)
        }
    }
}
