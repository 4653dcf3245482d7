import CEpoll
import Glibc

/// Says which of a thread's connections have something to read. Owned by one thread at a time.
final class Poller {
    private static let eventsMax = 512

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private var isWriting: [Bool] = []

    init() throws(PeerError) {
        descriptor = epoll_create1(0)
        guard descriptor >= 0 else { throw PeerError.system("epoll_create1") }
        events = .allocate(capacity: Self.eventsMax)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// The first stream gets the index 0, the next 1, and so on.
    func add(_ stream: ByteStream) throws(PeerError) {
        try control(EPOLL_CTL_ADD, stream, index: isWriting.count, isWriting: false)
        isWriting.append(false)
    }

    /// Sends the stream's output and, if not all of it went, sends the rest when the socket takes it.
    func send(_ stream: ByteStream, index: Int) throws(PeerError) {
        let isPending = try !stream.send()
        guard isPending != isWriting[index] else { return }
        try control(EPOLL_CTL_MOD, stream, index: index, isWriting: isPending)
        isWriting[index] = isPending
    }

    private func control(
        _ operation: Int32, _ stream: ByteStream, index: Int, isWriting: Bool
    ) throws(PeerError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (isWriting ? EPOLLOUT.rawValue : 0)
        event.data.u32 = UInt32(index)
        guard epoll_ctl(descriptor, operation, stream.descriptor, &event) == 0 else {
            throw PeerError.system("epoll_ctl")
        }
    }

    /// Waits for the streams that can be read, or written to while something is left to send.
    ///
    /// What `indices` held is replaced; they are empty after `timeoutMilliseconds` without anything.
    func wait(timeoutMilliseconds: Int32, into indices: inout [Int]) throws(PeerError) {
        indices.removeAll(keepingCapacity: true)
        let count = epoll_wait(descriptor, events, Int32(Self.eventsMax), timeoutMilliseconds)
        guard count >= 0 || errno == EINTR else { throw PeerError.system("epoll_wait") }
        for index in 0..<Int(max(count, 0)) { indices.append(Int(events[index].data.u32)) }
    }
}
