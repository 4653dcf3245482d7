import Glibc

/// What the kernel knows of the connections that libzmq holds, and the only way to end one of them. Any thread.
///
/// libzmq 4.3.4 has no call for either. A descriptor may be closed, and be another connection's, between two of these
/// calls; so whoever uses them must do no worse than to end a connection that comes back by itself.
package enum TCPConnection {
    /// Bytes that went through a connection since it was opened.
    package struct Counts: Equatable, Sendable {
        /// That came, whether or not anybody has read them.
        package var received: UInt64
        /// That went, and were acknowledged by the other end's kernel.
        package var acknowledged: UInt64

        package init(received: UInt64, acknowledged: UInt64) {
            self.received = received
            self.acknowledged = acknowledged
        }
    }

    package enum Look: Equatable, Sendable {
        case connection(Counts)
        /// A file, a socket of another kind, or one that listens.
        case other
        case closed
    }

    /// Offsets in the kernel's `struct tcp_info`, of which glibc's ends before them: <linux/tcp.h>.
    private static let (acknowledgedOffset, receivedOffset, infoBytes) = (120, 128, 136)

    package static func look(at descriptor: CInt) -> Look {
        withUnsafeTemporaryAllocation(byteCount: infoBytes, alignment: 8) { info in
            var size = socklen_t(infoBytes)
            guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, info.baseAddress, &size) == 0 else {
                return errno == EBADF ? .closed : .other
            }
            guard size == infoBytes, info[0] != UInt8(TCP_LISTEN) else { return .other }
            return .connection(
                Counts(
                    received: info.load(fromByteOffset: receivedOffset, as: UInt64.self),
                    acknowledged: info.load(fromByteOffset: acknowledgedOffset, as: UInt64.self)))
        }
    }

    /// Ends a connection if this end of it has the port: to libzmq and to the peer it looks as if the other had closed
    /// it, and what was kept for it is given back.
    ///
    /// - Returns: Whether it had.
    package static func end(_ descriptor: CInt, localPort: UInt16) -> Bool {
        guard port(of: descriptor) == localPort else { return false }
        return shutdown(descriptor, CInt(SHUT_RDWR)) == 0
    }

    /// The port of this end; nil when it is no TCP socket.
    static func port(of descriptor: CInt) -> UInt16? {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard let pointer, getsockname(descriptor, pointer, &size) == 0,
                [AF_INET, AF_INET6].contains(CInt(pointer.pointee.sa_family))
            else { return nil }
            // In both kinds of address the port comes right after the family, most significant byte first.
            return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }
}
