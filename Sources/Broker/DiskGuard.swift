import Synchronization
import ZeroMQ

/// Watches the free space of the desk's disk, so that new tickets are refused while work can still be finished.
final class DiskGuard: Sendable {
    private let stop: WakeUp
    private let thread: DedicatedThread

    /// Often enough to see a disk fill before the reserve is used up, seldom enough to cost nothing.
    private static let intervalMilliseconds = 500

    init(_ freeBytes: @escaping @Sendable () -> Int64?, to loop: Mailbox<Post>) throws(ZeroMQError) {
        let stop = try WakeUp()
        self.stop = stop
        thread = try DedicatedThread(named: "sb.disk") {
            var poller = Poller([PollItem(fileDescriptor: stop.fileDescriptor)])
            while true {
                if let bytes = freeBytes() { _ = loop.post(.diskFree(bytes)) }
                do {
                    if try poller.wait(timeoutMilliseconds: Self.intervalMilliseconds) > 0 { return }
                } catch {
                    return
                }
            }
        }
    }

    func stopAndJoin() {
        stop.ring()
        thread.join()
    }
}
