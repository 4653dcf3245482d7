import Glibc
import Rig

/// A TCP connection without libzmq, to write what no client of ours would.
final class TCPPeer {
    private let descriptor: CInt

    /// Connects to `tcp://ADDRESS:PORT`; nil when nobody listens there.
    init?(_ endpoint: String, address host: String = "127.0.0.1") throws {
        let port = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw RigError("no socket: errno \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        var wait = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status != 0 {
            guard errno == ECONNREFUSED else { throw RigError("connect: errno \(errno)") }
            return nil
        }
    }

    deinit {
        close(descriptor)
    }

    /// What the other end no longer reads is not this test's business.
    func write(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Fewer bytes when the other end hangs up.
    func read(_ count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, CInt(MSG_WAITALL))
        return Array(buffer.prefix(max(0, received)))
    }

    /// What has come by now.
    func readSome() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let received = recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, received)))
    }

    /// Whether the other end hangs up, half a minute at most.
    func isHungUpOn() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
        }
    }
}
