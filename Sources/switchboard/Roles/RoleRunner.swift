import ArgumentParser
import Dispatch
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import ZeroMQ

/// Runs the services of one role until a signal, or the end of the parent, drains them.
struct RoleRunner {
    /// The role's word: `broker`, `node`, `coordinator`.
    let role: String
    let logger: Logger
    private let exitsWithParent: Bool

    init(role: String, options: RoleOptions) throws {
        guard let level = Logger.Level(rawValue: options.logLevel) else {
            throw Failure(
                .usage,
                "there is no log level `\(options.logLevel)`: take one of trace, debug, info, notice, warning, error"
            )
        }
        self.role = role
        logger = Logger(label: role) { LineLog(label: $0, level: level) }
        exitsWithParent = options.exitWithParent
        // What follows reports through errors; a reader of a pipe that ended is one of them.
        signal(SIGPIPE, SIG_IGN)
        let descriptors = try raiseFileDescriptorLimit()
        logger.debug("up to \(descriptors) open files")
    }

    /// Returns when all of them have drained.
    ///
    /// - Throws: What ended one of them.
    func run(_ services: [any Service]) async throws {
        var services = services + [SignalWatch()] as [any Service]
        if exitsWithParent {
            services.append(ParentWatch(logger: logger))
        }
        let configuration = ServiceGroupConfiguration(
            services: services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            logger: Logger(label: role) { _ in SwiftLogNoOpLogHandler() })
        logger.info("starting; process \(getpid())")
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            let failure = Failure(error)
            logger.error("ended: \(failure.reason)")
            // The log has the line already.
            throw ExitCode(failure.status.rawValue)
        }
        logger.info("drained")
    }

    /// Tells people's commands where this process listens. One that cannot serves nevertheless.
    func keep(_ folder: DataFolder, _ change: (inout Endpoints) -> Void) {
        do {
            try Endpoints.keep(folder, change)
        } catch {
            logger.warning("people's commands have to name where this listens: \(Failure(error).reason)")
        }
    }

    /// The one line on standard output that says that this process serves.
    func ready(_ words: String...) {
        Terminal.say("ready \(role) \(words.joined(separator: " "))")
        logger.info("ready \(words.joined(separator: " "))")
    }
}

/// Ends, and so drains its group, at the first SIGINT or SIGTERM; the second one ends the process at once.
final class SignalWatch: Service {
    private let signals: AsyncStream<CInt>
    // Kept alive and never touched after init.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(
            of: CInt.self, bufferingPolicy: .bufferingOldest(1))
        self.signals = signals
        let count = SignalCount()
        let queue = DispatchQueue(label: "sb.signals")
        sources = [SIGINT, SIGTERM].map { number in
            // Else it would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                guard count.next() > 1 else {
                    continuation.yield(number)
                    return
                }
                Terminal.note("switchboard: ended at once by a second signal")
                _exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() { return }
    }
}

/// Brings something at each SIGUSR1, with which whoever is behind a node says that they are back; for as long as it lives.
final class ReturnSignals {
    let stream: AsyncStream<Void>
    private let source: any DispatchSourceSignal

    init() {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        // Else it would end the process before the source hears of it.
        signal(SIGUSR1, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGUSR1, queue: DispatchQueue(label: "sb.returns"))
        source.setEventHandler { continuation.yield() }
        source.resume()
    }
}

private final class SignalCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Ends, and so drains its group, when the parent process is another one than at the start.
private struct ParentWatch: Service {
    let logger: Logger

    func run() async throws {
        let parent = getppid()
        // One that ended before this line cannot be told from init.
        guard parent != 1 else { return logger.notice("the parent process has ended; draining") }
        while getppid() == parent {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            } catch is CancellationError {
                // The group drains already.
                return
            }
        }
        logger.notice("the parent process has ended; draining")
    }
}
