import Glibc

/// A TCP connection without libzmq, to write what no client of ours would.
///
/// Speaks ZMTP 3.0 with the NULL mechanism when asked to (ZeroMQ RFC 23).
final class Stranger {
    struct CannotConnect: Error { var errno: CInt }

    private let fileDescriptor: CInt

    /// Connects to `tcp://127.0.0.1:PORT`.
    init(_ endpoint: String) throws {
        let port = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        fileDescriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fileDescriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw CannotConnect(errno: errno) }
    }

    deinit {
        close(fileDescriptor)
    }

    /// Ends the connection; the last line of each test that wants its stranger to stay that long.
    func hangUp() {
        shutdown(fileDescriptor, CInt(SHUT_RDWR))
    }

    /// What the other end no longer reads is not this test's business.
    func write(_ bytes: [UInt8]) {
        _ = send(fileDescriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Reads until the other end hangs up.
    func readToEnd() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while recv(fileDescriptor, &buffer, buffer.count, 0) > 0 {}
    }

    /// Fewer bytes when the other end hangs up.
    private func read(_ count: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(fileDescriptor, &buffer, count, CInt(MSG_WAITALL))
        return Array(buffer.prefix(max(0, received)))
    }

    /// Greeting and READY both ways: from here on the other end takes messages, unless it hung up.
    ///
    /// The other end's READY must have come first: libzmq takes a message before that for a protocol error.
    func shakeHands(_ properties: [(String, [UInt8])] = []) {
        let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
        write([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + mechanism + [UInt8](repeating: 0, count: 32))
        var ready = [5] + Array("READY".utf8)
        for (name, value) in [("Socket-Type", Array("DEALER".utf8))] + properties {
            ready += [UInt8(name.utf8.count)] + Array(name.utf8) + Self.bigEndian(UInt32(value.count)) + value
        }
        write([0x06] + Self.bigEndian(UInt64(ready.count)) + ready)
        let greeting = read(64)
        let header = read(2)
        if greeting.count == 64, header.count == 2 { _ = read(Int(header[1])) }
    }

    func writeFrame(_ payload: String, isLast: Bool = true) {
        write([isLast ? 0 : 1, UInt8(payload.utf8.count)] + Array(payload.utf8))
    }

    /// Only the announcement of a frame.
    func writeFrameHeader(byteCount: UInt64) {
        write([0x02] + Self.bigEndian(byteCount))
    }

    private static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) }
    }
}
