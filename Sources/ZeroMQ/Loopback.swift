/// What cannot be reached from another machine: 127.0.0.0/8, ::1 and ipc.
///
/// Judged by the text alone, and whatever is written in another way (a host's name, an interface, a short form of an
/// address) counts as reachable: what cannot be told at a glance is not trusted.
package enum Loopback {
    /// Whether an endpoint, as ``Socket/bind(_:)`` takes it, is loopback: `tcp://127.0.0.1:7601`.
    package static func has(endpoint: String) -> Bool {
        if endpoint.hasPrefix("ipc://") { return true }
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            return false
        }
        let port = endpoint.utf8[colon...].dropFirst()
        let isPort = !port.isEmpty && (port.allSatisfy(isDigit) || port.elementsEqual("*".utf8))
        let host = endpoint[..<colon].dropFirst("tcp://".utf8.count)
        return isPort && (host == "[::1]" || isIPv4(host))
    }

    /// Whether a peer's address, as libzmq tells it to a ZAP handler, is loopback: `127.0.0.1`.
    static func has(address: String) -> Bool {
        // For ipc it is `localhost:` with the peer's user, group and process; no address of tcp has letters.
        isIPv4(address[...]) || address == "::1" || address.hasPrefix("localhost:")
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areNumbers = parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
        return parts.count == 4 && areNumbers && parts[0].elementsEqual("127".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
