import Keys
import Logging
import Synchronization
import ZeroMQ

/// Ends connections for which libzmq would have to keep too much, on a thread of its own: the loop may be busy, and what
/// it cannot see yet fills memory all the same.
final class ConnectionGuard: Sendable {
    private struct Watched {
        var traffic: Traffic
        var credential: String
    }

    /// At a gigabyte a second, which is more than a network brings, 100 MB come between two looks.
    private static let intervalMilliseconds = 100
    /// Connections for each millisecond of the interval: a look costs half a microsecond, so that this is a hundredth
    /// of a core however many there are.
    private static let looksPerMillisecond = 20
    /// Descriptors are given out from the lowest, so that a long gap is the end of them.
    private static let gapMax: CInt = 1_024

    private let watched = Mutex<[CInt: Watched]>([:])
    private let stop: WakeUp
    private let thread = Mutex<DedicatedThread?>(nil)
    private let localPort: UInt16
    private let logger: Logger
    private let audit: AuditLog?

    /// - Parameters:
    ///   - endpoint: As it was bound; connections to anything but TCP are not watched.
    ///   - bounds: What may be kept.
    ///   - logger: Hears of each connection that was ended.
    ///   - audit: The same.
    /// - Throws: When the system has no thread or no descriptor to give.
    init(
        _ endpoint: String, _ bounds: BacklogBook.Bounds, _ logger: Logger, _ audit: AuditLog?
    ) throws(ZeroMQError) {
        localPort = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        (self.logger, self.audit) = (logger, audit)
        stop = try WakeUp()
        guard endpoint.hasPrefix("tcp://") else { return }
        let started = try DedicatedThread(named: "sb.connections") { [self] in run(BacklogBook(bounds)) }
        thread.withLock { $0 = started }
    }

    /// From a connection's hello on: what the loop hears and says on it.
    func watch(_ descriptor: CInt, _ traffic: Traffic, of credential: String) {
        watched.withLock { $0[descriptor] = Watched(traffic: traffic, credential: credential) }
    }

    func stopAndJoin() {
        stop.ring()
        thread.withLock { $0 }?.join()
    }

    private func run(_ book: consuming BacklogBook) {
        var poller = Poller([PollItem(fileDescriptor: stop.fileDescriptor)])
        var pause = Self.intervalMilliseconds
        while true {
            do {
                if try poller.wait(timeoutMilliseconds: pause) > 0 { return }
            } catch {
                return logger.error("connections are no longer watched: \(error)")
            }
            let count = look(&book)
            for (descriptor, bytes) in book.takeExcess() { end(descriptor, bytes) }
            pause = max(Self.intervalMilliseconds, count / Self.looksPerMillisecond)
        }
    }

    /// - Returns: How many descriptors were looked at.
    private func look(_ book: inout BacklogBook) -> Int {
        let watched = watched.withLock { $0 }
        var (descriptor, gap): (CInt, CInt) = (0, 0)
        while gap < Self.gapMax {
            switch TCPConnection.look(at: descriptor) {
            case .connection(let counts):
                let traffic = watched[descriptor]?.traffic
                book.note(descriptor, counts, heard: traffic?.heard ?? 0, said: traffic?.said ?? 0)
                gap = 0
            case .other:
                book.forget(descriptor)
                gap = 0
            case .closed:
                book.forget(descriptor)
                if watched[descriptor] != nil {
                    _ = self.watched.withLock { $0.removeValue(forKey: descriptor) }
                }
                gap += 1
            }
            descriptor += 1
        }
        return Int(descriptor)
    }

    private func end(_ descriptor: CInt, _ bytes: UInt64) {
        // The broker's own connections, to the coordinator, are none of the peers'.
        guard TCPConnection.end(descriptor, localPort: localPort) else { return }
        let credential = watched.withLock { $0.removeValue(forKey: descriptor) }?.credential
        let who = credential ?? "a connection that said no hello"
        let reason =
            "\(bytes >> 20) MiB were kept for it: parts of a message without end, or answers that it does not read"
        audit?.record(.connectionCut, who: who, reason)
        logger.warning("a connection of \(who) was ended: \(reason)")
    }
}
