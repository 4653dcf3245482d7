import CZeroMQ

/// One part of a message, in memory that libzmq owns.
///
/// A pointer, because libzmq keeps short payloads inside the `zmq_msg_t` itself: it must not move while bytes
/// of it are in use. Only valid inside ``withEmpty(_:)`` and ``withCopy(of:_:)``, which close it.
struct Frame {
    let message: UnsafeMutablePointer<zmq_msg_t>

    /// For receiving into, several times if need be.
    static func withEmpty<Result>(
        _ body: (Frame) throws(ZeroMQError) -> Result
    ) throws(ZeroMQError) -> Result {
        var message = zmq_msg_t()
        return try withUnsafeMutablePointer(to: &message) { message throws(ZeroMQError) in
            // Cannot fail: zmq_msg_init(3) has no errors.
            zmq_msg_init(message)
            defer { zmq_msg_close(message) }
            return try body(Frame(message: message))
        }
    }

    /// For sending: holds a copy of `bytes`. After a successful send it is empty, and libzmq owns the copy.
    static func withCopy<Result>(
        of bytes: UnsafeRawBufferPointer, _ body: (Frame) throws(ZeroMQError) -> Result
    ) throws(ZeroMQError) -> Result {
        var message = zmq_msg_t()
        return try withUnsafeMutablePointer(to: &message) { message throws(ZeroMQError) in
            guard zmq_msg_init_size(message, bytes.count) == 0 else {
                throw ZeroMQError(call: "zmq_msg_init_size")
            }
            defer { zmq_msg_close(message) }
            let frame = Frame(message: message)
            UnsafeMutableRawBufferPointer(mutating: frame.bytes).copyMemory(from: bytes)
            return try body(frame)
        }
    }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
    }

    /// True when the message has another part after this one.
    var isFollowed: Bool { zmq_msg_more(message) != 0 }

    /// Receives the next part over this one; false when there is nothing.
    func receive(from socket: UnsafeMutableRawPointer) throws(ZeroMQError) -> Bool {
        while zmq_msg_recv(message, socket, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw ZeroMQError(call: "zmq_msg_recv")
            }
        }
        return true
    }

    /// Receives and forgets what is left of this message. It is all there: libzmq hands out whole messages.
    func skipRest(from socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        while isFollowed {
            guard try receive(from: socket) else { return }
        }
    }
}
