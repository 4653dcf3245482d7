import CZeroMQ
import Glibc

/// A failed call of libzmq, or of the kernel for the few calls this module makes itself (eventfd, pthread_create).
///
/// "Nothing there" (`EAGAIN`), "interrupted" (`EINTR`) and "no such peer" (`EHOSTUNREACH`) never come out as
/// errors: they are nil, a retry and ``SendOutcome/unroutable``. What is left is rare and mostly ends a loop.
/// Source: the ERRORS section of each call's page; zmq_errno(3).
package struct ZeroMQError: Error, Hashable, CustomStringConvertible {
    /// errno after the call.
    package var code: CInt
    /// The C function that failed: `zmq_bind`.
    package var call: String
    /// What it was called with, nil where the call takes no endpoint.
    package var endpoint: String?

    package init(code: CInt, call: String, endpoint: String? = nil) {
        self.code = code
        self.call = call
        self.endpoint = endpoint
    }

    /// Reads errno, so nothing may be called between the failure and this.
    init(call: String, endpoint: String? = nil) {
        self.init(code: zmq_errno(), call: call, endpoint: endpoint)
    }

    /// For use as a pattern: `catch .contextTerminated`.
    package static let contextTerminated = Self(code: CZeroMQ.ETERM, call: "any")
    /// Another socket of this process or host holds the endpoint.
    package static let addressInUse = Self(code: Glibc.EADDRINUSE, call: "any")

    /// Compares the code alone, as a pattern knows neither call nor endpoint.
    package static func ~= (pattern: Self, error: Self) -> Bool {
        pattern.code == error.code
    }

    package var description: String {
        let reason = String(cString: zmq_strerror(code))
        let place = endpoint.map { " at \($0)" } ?? ""
        return "\(call): \(reason) (errno \(code))\(place)"
    }
}
