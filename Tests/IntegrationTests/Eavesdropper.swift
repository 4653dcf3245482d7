import Glibc
import Rig
import Synchronization
import ZeroMQ

/// Stands between one client and the broker, and keeps what the client said.
final class Eavesdropper: Sendable {
    let endpoint: String
    private let heard = Mutex<[UInt8]>([])
    private let stopping = Atomic(false)
    private let listener: CInt
    private let thread = Mutex<DedicatedThread?>(nil)

    init(to target: String) throws {
        let port = try TestDesk.freePort()
        endpoint = "tcp://127.0.0.1:\(port)"
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, listen(listener, 8) == 0 else { throw RigError("no listener: errno \(errno)") }
        let started = try DedicatedThread(named: "eavesdrop") { [self] in serve(target) }
        thread.withLock { $0 = started }
    }

    var overheard: [UInt8] { heard.withLock { $0 } }

    func stop() {
        stopping.store(true, ordering: .releasing)
        shutdown(listener, CInt(SHUT_RDWR))
        thread.withLock { $0 }?.join()
    }

    private func serve(_ target: String) {
        defer { close(listener) }
        while !stopping.load(ordering: .acquiring) {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            defer { close(client) }
            let port = target.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(server) }
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if status == 0 { pass(client, server) }
        }
    }

    private func pass(_ client: CInt, _ server: CInt) {
        heard.withLock { $0 = [] }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !stopping.load(ordering: .acquiring) {
            var polled = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, 2, 200) >= 0 else { return }
            for (from, to) in [(client, server), (server, client)] {
                guard polled[from == client ? 0 : 1].revents != 0 else { continue }
                let count = recv(from, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                if from == client { heard.withLock { $0 += buffer[..<count] } }
                _ = send(to, buffer, count, CInt(MSG_NOSIGNAL))
            }
        }
    }
}
