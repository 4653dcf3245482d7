import Glibc

/// A TCP connection to a peer on this machine, with a buffer in each direction. Owned by one thread at a
/// time.
final class ByteStream {
    /// As much as one recv takes: several batches of 64 replies.
    private static let receiveBytes = 64 * 1_024

    let descriptor: Int32
    let input = ByteBuffer()
    let output = ByteBuffer()

    /// Connects to 127.0.0.1 and turns Nagle's algorithm off; the socket does not block afterwards.
    init(port: UInt16) throws(PeerError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError.system("socket") }
        var address = sockaddr_in.loopback(port: port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard code == 0 else {
            let error = PeerError.system("connect to 127.0.0.1:\(port)")
            close(descriptor)
            throw error
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw PeerError.system("fcntl") }
    }

    deinit { close(descriptor) }

    /// Ends the connection while somebody still has the stream.
    func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Sends what the socket takes.
    ///
    /// - Returns: Whether all of it went; otherwise the rest goes when the socket can be written to.
    @discardableResult
    func send() throws(PeerError) -> Bool {
        while output.count > 0 {
            let bytes = output.readable
            let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if sent > 0 {
                output.consume(sent)
            } else if errno == EAGAIN {
                return false
            } else if errno != EINTR {
                throw PeerError.system("send")
            }
        }
        return true
    }

    /// Takes what has arrived, in one call; the poller reports the socket again when there is more.
    ///
    /// - Returns: How many bytes; 0 when nothing was there.
    /// - Throws: When the peer has closed the connection.
    @discardableResult
    func receive() throws(PeerError) -> Int {
        let space = input.reserve(Self.receiveBytes)
        while true {
            let received = recv(descriptor, space.baseAddress, space.count, 0)
            if received > 0 {
                input.commit(received)
                return received
            }
            if received == 0 { throw PeerError("the peer closed the connection; see its server.log") }
            if errno == EAGAIN { return 0 }
            if errno != EINTR { throw PeerError.system("recv") }
        }
    }

    /// Sends and receives until `parse` gives a value. For hand-shakes and questions, never while measuring.
    func exchange<Value>(
        within milliseconds: Int64 = 20_000, _ parse: () throws(PeerError) -> Value?
    ) throws(PeerError) -> Value {
        let deadline = Monotonic.milliseconds + milliseconds
        while true {
            if let value = try parse() { return value }
            let isSent = try send()
            let rest = deadline - Monotonic.milliseconds
            guard rest > 0 else { throw PeerError("no answer within \(milliseconds / 1_000) s") }
            var item = pollfd(
                fd: descriptor, events: Int16(isSent ? POLLIN : POLLIN | POLLOUT), revents: 0)
            guard poll(&item, 1, Int32(rest)) >= 0 || errno == EINTR else { throw PeerError.system("poll") }
            try receive()
        }
    }
}

extension PeerError {
    /// With the reason in errno.
    static func system(_ call: String) -> PeerError {
        PeerError("\(call): \(String(cString: strerror(errno))) (errno \(errno))")
    }
}

extension sockaddr_in {
    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
