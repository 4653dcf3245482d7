import CZeroMQ
import Glibc
import Synchronization

/// A thread of its own for work that blocks, which the threads of Swift's tasks must not.
///
/// Somebody joins it: debug builds insist.
package final class DedicatedThread: Sendable {
    /// As much as the main thread has, so that what works there works here; without this it is whatever
    /// `ulimit -s` says. It is only reserved: a page costs memory when it is first touched.
    private static let stackBytes = 8 * 1_024 * 1_024
    /// The kernel keeps 15 bytes of a name.
    private static let nameBytesMax = 15

    private let thread: pthread_t
    /// Held while joining, so that everyone who calls ``join()`` waits for the end.
    private let isJoined = Mutex(false)

    /// Starts at once.
    ///
    /// - Parameters:
    ///   - name: Shown by `top -H` and debuggers; at most 15 bytes.
    ///   - niceness: From 0 to 19: how far the thread stands back where there are fewer cores than work; it cannot
    ///     step forward again.
    ///   - body: Runs on the new thread, from its first line to its last.
    /// - Throws: When the system has no thread to give (`EAGAIN`).
    package init(
        named name: String, niceness: CInt = 0, _ body: @escaping @Sendable () -> Void
    ) throws(ZeroMQError) {
        precondition(name.utf8.count <= Self.nameBytesMax, "thread name \(name) is longer than 15 bytes")
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        let start = Unmanaged.passRetained(ThreadBody(name: name, niceness: niceness, run: body))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { runThreadBody($0) }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw ZeroMQError(code: code, call: "pthread_create")
        }
        self.thread = thread
    }

    deinit {
        let isJoined = isJoined.withLock { $0 }
        assert(isJoined, "a thread was started and never joined")
        if !isJoined { pthread_detach(thread) }
    }

    /// Blocks until the thread has ended. Anyone but the thread itself may call it, as often as they like.
    package func join() {
        precondition(pthread_equal(thread, pthread_self()) == 0, "a thread cannot wait for its own end")
        isJoined.withLock { isJoined in
            guard !isJoined else { return }
            let code = pthread_join(thread, nil)
            precondition(code == 0, "pthread_join: errno \(code)")
            isJoined = true
        }
    }
}

/// Runs `body` on a thread of its own and suspends the caller, whose thread stays free, until it has ended.
///
/// Cancelling the task does not stop the body: post to what it polls.
package func withDedicatedThread<Value: Sendable>(
    named name: String, _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    var thread: DedicatedThread?
    // The continuation is resumed by the thread's last line, so this join takes microseconds.
    defer { thread?.join() }
    return try await withCheckedThrowingContinuation { continuation in
        do {
            thread = try DedicatedThread(named: name) { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// What a new thread gets through the one pointer of pthread_create.
private final class ThreadBody: Sendable {
    let name: String
    let niceness: CInt
    let run: @Sendable () -> Void

    init(name: String, niceness: CInt, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.niceness = niceness
        self.run = run
    }
}

private func runThreadBody(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let start else { preconditionFailure("pthread_create passed no argument on") }
    let body = Unmanaged<ThreadBody>.fromOpaque(start).takeRetainedValue()
    // A name is a convenience: a thread without one works as well.
    pthread_setname_np(pthread_self(), body.name)
    // In Linux it is the thread's own, and 0 stands for the one that calls.
    if body.niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, body.niceness) }
    body.run()
    return nil
}
