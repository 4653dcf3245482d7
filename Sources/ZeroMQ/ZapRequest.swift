/// What libzmq asks about a connection that wants in, and what it is told.
///
/// Source: ZeroMQ RFC 27 (ZAP 1.0); the empty delimiter is taken off by the REP socket.
struct ZapRequest {
    /// Version, request id, domain, address, routing id, mechanism, key. What comes after is ignored.
    static let partCount = 7

    let requestID: [UInt8]
    let domain: String
    /// Of the peer, without its port.
    let address: String
    let mechanism: String
    /// nil when the request carries none, or not one of 32 bytes.
    let key: Z85Key?

    /// nil when these parts are no ZAP 1.0 request.
    init?(parts: [[UInt8]]) {
        guard parts.count >= Self.partCount - 1, parts[0] == Array("1.0".utf8) else { return nil }
        requestID = parts[1]
        // Repaired if need be: an invalid byte cannot make a domain or a mechanism equal to ours.
        domain = String(decoding: parts[2], as: UTF8.self)
        address = String(decoding: parts[3], as: UTF8.self)
        mechanism = String(decoding: parts[5], as: UTF8.self)
        key = parts.count >= Self.partCount ? Z85Key(bytes: parts[6]) : nil
    }
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
        /// It asked for another domain, or not with CURVE: this process set up a socket in another way.
        case wrongDomainOrMechanism
        /// The name our own lookup gave is empty, longer than 255 bytes or has a zero in it.
        case unusableUserID
        /// No ZAP 1.0 request, or no key in it: something in this process speaks to the handler by mistake.
        case malformed
    }

    package var reason: Reason
    /// The public key that was shown.
    package var key: Z85Key?
    /// Of the peer, without its port; empty when unknown.
    package var address: String

    package init(reason: Reason, key: Z85Key?, address: String) {
        self.reason = reason
        self.key = key
        self.address = address
    }
}

/// Judges requests for one domain. A value without sockets, so that its tests need none.
struct ZapPolicy: Sendable {
    let domain: String
    let userID: @Sendable (Z85Key) -> String?

    func answer(_ parts: [[UInt8]]) -> (reply: ZapReply, refusal: ZapRefusal?) {
        guard let request = ZapRequest(parts: parts) else {
            return refuse(parts.count > 1 ? parts[1] : [], .malformed, status: 500)
        }
        guard request.domain == domain, request.mechanism == "CURVE" else {
            return refuse(request.requestID, .wrongDomainOrMechanism, from: request)
        }
        guard let key = request.key else { return refuse(request.requestID, .malformed, from: request) }
        guard let userID = userID(key) else { return refuse(request.requestID, .unknownKey, from: request) }
        guard (1...ZapReply.userIDBytesMax).contains(userID.utf8.count), !userID.utf8.contains(0) else {
            return refuse(request.requestID, .unusableUserID, from: request, status: 500)
        }
        return (ZapReply(requestID: request.requestID, status: 200, userID: userID), nil)
    }

    private func refuse(
        _ requestID: [UInt8], _ reason: ZapRefusal.Reason, from request: ZapRequest? = nil, status: Int = 400
    ) -> (reply: ZapReply, refusal: ZapRefusal?) {
        let refusal = ZapRefusal(reason: reason, key: request?.key, address: request?.address ?? "")
        return (ZapReply(requestID: requestID, status: status), refusal)
    }
}
