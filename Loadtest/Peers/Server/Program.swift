import Glibc

/// Finds the servers' programs.
enum Program {
    /// Where Debian's packages put programs.
    private static let folders = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"]

    /// - Throws: What to install, when it is not there.
    static func find(_ name: String, package: String) throws(PeerError) -> String {
        for folder in folders where isProgram("\(folder)/\(name)") { return "\(folder)/\(name)" }
        throw missing(name, package: package)
    }

    static func missing(_ name: String, package: String) -> PeerError {
        PeerError("no \(name) here; install \(package): apt-get install \(package)")
    }

    static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 }

    static func lastPart(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

    /// A port that nobody listens on: the kernel picks it, and it is free again before the server starts.
    static func freePort() throws(PeerError) -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError.system("socket") }
        defer { close(descriptor) }
        var address = sockaddr_in.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        guard code == 0 else { throw PeerError.system("bind to 127.0.0.1") }
        return UInt16(bigEndian: address.sin_port)
    }
}
