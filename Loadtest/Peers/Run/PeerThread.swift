import Glibc
import Synchronization

/// A thread with a result. Joined exactly once.
final class PeerThread<Value: Sendable>: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () throws -> Value
        let result = Mutex<Result<Value, any Error>?>(nil)

        init(_ run: @escaping @Sendable () throws -> Value) { self.run = run }

        func execute() {
            let value = Result { try run() }
            result.withLock { $0 = value }
        }
    }

    private let body: Body
    private let thread: pthread_t

    init(_ run: @escaping @Sendable () throws -> Value) throws(PeerError) {
        body = Body(run)
        let start = Unmanaged.passRetained(ThreadStart(run: body.execute))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<ThreadStart>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw PeerError("pthread_create: errno \(code)")
        }
        self.thread = thread
    }

    func join() throws -> Value {
        pthread_join(thread, nil)
        guard let result = body.result.withLock({ $0 }) else { throw PeerError("a thread left no result") }
        return try result.get()
    }
}

/// What a thread gets through the one pointer of pthread_create, which knows no generic types.
private final class ThreadStart: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
