import CZeroMQ

/// The one libzmq context of this process: its I/O thread and its inproc names.
///
/// There is no way to make a second one, and it is never terminated. In 4.3.4 the end of any context calls
/// `randombytes_close`, which can crash CURVE in another (libzmq bcb659e0, pyzmq#1594). The kernel takes
/// everything back at exit, and every socket here has a bounded linger, so nothing is waited for.
/// Any thread may use it. Source: zmq(7), "Thread safety".
package final class Context: Sendable {
    package static let shared = Context()

    // A libzmq context is safe for use by many threads, and the pointer itself never changes.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    private init() {
        guard let handle = zmq_ctx_new() else {
            // Out of descriptors or memory before the first socket: there is no process without a context.
            fatalError("\(ZeroMQError(call: "zmq_ctx_new")); raise the limits of this process")
        }
        self.handle = handle
        // One I/O thread moves some 600,000 small messages a second in both directions (2 cores, loopback).
        set(ZMQ_IO_THREADS, to: 1)
        // The default of 1,023 is too few for a load test with a socket per producer; a slot costs 8 bytes.
        set(ZMQ_MAX_SOCKETS, to: zmq_ctx_get(handle, ZMQ_SOCKET_LIMIT))
        // Should anything ever terminate it: never wait for ever on unsent messages.
        set(ZMQ_BLOCKY, to: 0)
    }

    private func set(_ option: CInt, to value: CInt) {
        let status = zmq_ctx_set(handle, option, value)
        precondition(status == 0, "context option \(option) = \(value): \(ZeroMQError(call: "zmq_ctx_set"))")
    }
}
