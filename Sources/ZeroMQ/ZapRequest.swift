/// What libzmq asks about a connection that wants in, and what it is told.
///
/// Source: ZeroMQ RFC 27 (ZAP 1.0); the empty delimiter is taken off by the REP socket.
struct ZapRequest {
    /// Version, request id, domain, address, routing id, mechanism, credential. What comes after is ignored: for
    /// PLAIN that is a password.
    static let partCount = 7

    let requestID: [UInt8]
    let domain: String
    /// Of the peer, without its port.
    let address: String
    let mechanism: String
    /// CURVE's key or PLAIN's name; empty when the request carries none.
    private let credential: [UInt8]

    /// nil when these parts are no ZAP 1.0 request.
    init?(parts: [[UInt8]]) {
        guard parts.count >= Self.partCount - 1, parts[0] == Array("1.0".utf8) else { return nil }
        requestID = parts[1]
        // Repaired if need be: an invalid byte cannot make a domain or a mechanism equal to ours.
        domain = String(decoding: parts[2], as: UTF8.self)
        address = String(decoding: parts[3], as: UTF8.self)
        mechanism = String(decoding: parts[5], as: UTF8.self)
        credential = parts.count >= Self.partCount ? parts[6] : []
    }

    /// nil when the credential is not one of 32 bytes.
    var key: Z85Key? { Z85Key(bytes: credential) }

    /// nil when the credential is empty or not UTF-8.
    var name: String? { credential.isEmpty ? nil : String(validating: credential, as: UTF8.self) }
}

/// The answer to one ZAP request. libzmq passes the code, and nothing else, on to the peer it refuses.
struct ZapReply: Equatable {
    /// Ours: libzmq has no limit, but every message of the connection is compared with it.
    static let userIDBytesMax = 255

    var requestID: [UInt8]
    /// 200 lets in, 400 refuses, 500 says that the request or our own answer made no sense.
    var status: Int
    var userID = ""

    var parts: [[UInt8]] {
        let text = status == 200 ? "OK" : "refused"
        let metadata: [UInt8] = []
        return [
            Array("1.0".utf8), requestID, Array("\(status)".utf8), Array(text.utf8), Array(userID.utf8),
            metadata,
        ]
    }
}

/// A connection that was not let in.
package struct ZapRefusal: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// The key belongs to nobody we know. Worth a line in a log.
        case unknownKey
        /// The name, said by a peer without CURVE, is nobody's.
        case unknownName
        /// It is not on this machine, and its word alone is not taken.
        case notLoopback
        /// It asked for another domain, or by another mechanism: this process set up a socket in another way.
        case wrongDomainOrMechanism
        /// The name our own lookup gave is empty, longer than 255 bytes or has a zero in it.
        case unusableUserID
        /// No ZAP 1.0 request, or no key or name in it: something in this process speaks to the handler by
        /// mistake, or a peer said no name.
        case malformed
    }

    package var reason: Reason
    /// The public key that was shown; nil without CURVE.
    package var key: Z85Key?
    /// Of the peer, without its port; empty when unknown.
    package var address: String

    package init(reason: Reason, key: Z85Key?, address: String) {
        self.reason = reason
        self.key = key
        self.address = address
    }
}

/// How a ``ZapHandler`` finds who a peer is, and so by which mechanism one gets in; there is never a second one.
///
/// The closure returns the User-Id, 1 to 255 bytes without a zero, or nil to refuse the peer. It is called on the
/// handler's thread, and connections wait for it, so it must not.
package enum ZapLookup: Sendable {
    /// CURVE, by the public key that the peer has proved to own.
    case byKey(@Sendable (Z85Key) -> String?)
    /// PLAIN, by a name that the peer says, which proves nothing: only peers on this machine are asked for it.
    case byName(@Sendable (String) -> String?)

    /// As ZAP spells it.
    var mechanism: String {
        switch self {
        case .byKey: "CURVE"
        case .byName: "PLAIN"
        }
    }
}

/// Judges requests for one domain. A value without sockets, so that its tests need none.
struct ZapPolicy: Sendable {
    let domain: String
    let lookup: ZapLookup

    func answer(_ parts: [[UInt8]]) -> (reply: ZapReply, refusal: ZapRefusal?) {
        guard let request = ZapRequest(parts: parts) else {
            return refuse(parts.count > 1 ? parts[1] : [], .malformed, status: 500)
        }
        guard request.domain == domain, request.mechanism == lookup.mechanism else {
            return refuse(request.requestID, .wrongDomainOrMechanism, from: request)
        }
        switch lookup {
        case .byKey(let userID):
            guard let key = request.key else { return refuse(request.requestID, .malformed, from: request) }
            return admit(request, as: userID(key), else: .unknownKey)
        case .byName(let userID):
            guard Loopback.has(address: request.address) else {
                return refuse(request.requestID, .notLoopback, from: request)
            }
            guard let name = request.name else { return refuse(request.requestID, .malformed, from: request) }
            return admit(request, as: userID(name), else: .unknownName)
        }
    }

    private func admit(
        _ request: ZapRequest, as userID: String?, else reason: ZapRefusal.Reason
    ) -> (reply: ZapReply, refusal: ZapRefusal?) {
        guard let userID else { return refuse(request.requestID, reason, from: request) }
        guard (1...ZapReply.userIDBytesMax).contains(userID.utf8.count), !userID.utf8.contains(0) else {
            return refuse(request.requestID, .unusableUserID, from: request, status: 500)
        }
        return (ZapReply(requestID: request.requestID, status: 200, userID: userID), nil)
    }

    private func refuse(
        _ requestID: [UInt8], _ reason: ZapRefusal.Reason, from request: ZapRequest? = nil, status: Int = 400
    ) -> (reply: ZapReply, refusal: ZapRefusal?) {
        let key = if case .byKey = lookup { request?.key } else { nil as Z85Key? }
        let refusal = ZapRefusal(reason: reason, key: key, address: request?.address ?? "")
        return (ZapReply(requestID: requestID, status: status), refusal)
    }
}
