import Glibc

/// The call that failed, and errno after it.
struct SocketFailure: Error {
    var call: String
    var errno: CInt
}

/// A TCP connection to loopback that says exactly what it is told to, as no HTTP client would.
struct RawHTTP: ~Copyable {
    private let descriptor: CInt

    init(port: Int) throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure(call: "socket", errno: errno) }
        // A broken test ends with its name.
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw SocketFailure(call: "connect", errno: code)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Sends as much as the other end takes; it may have hung up already, which is for the reader to see.
    borrowing func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Everything until the other end hangs up.
    borrowing func readToEnd() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { break }
            guard count > 0 else { throw SocketFailure(call: "recv", errno: errno) }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One request on a connection of its own, and all that comes back.
func exchange(_ port: Int, _ request: String) throws -> String {
    let connection = try RawHTTP(port: port)
    connection.send(request)
    return try connection.readToEnd()
}
