import Testing

@testable import ZeroMQ

@Suite struct ZapPolicyTests {
    private static let key = [UInt8](0..<32)
    private static let good: [[UInt8]] = request()

    @Test func `a known key is let in under its name`() {
        let (reply, refusal) = policy(name: "anna").answer(Self.good)
        #expect(reply == ZapReply(requestID: [1], status: 200, userID: "anna"))
        #expect(refusal == nil)
        #expect(reply.parts.count == 6)
    }

    @Test(
        arguments: [
            // parts                                              status  reason
            ([], 500, .malformed),
            ([Array("1.0".utf8)], 500, .malformed),
            (request(version: "2.0"), 500, .malformed),
            (Array(request().prefix(6)), 400, .malformed),  // No key.
            (request(key: []), 400, .malformed),
            (request(key: [UInt8](0..<31)), 400, .malformed),
            (request(key: [UInt8](0..<33)), 400, .malformed),
            (request(domain: ""), 400, .wrongDomainOrMechanism),
            (request(domain: "desk\0"), 400, .wrongDomainOrMechanism),
            (request(mechanism: "NULL"), 400, .wrongDomainOrMechanism),
            (request(mechanism: "PLAIN"), 400, .wrongDomainOrMechanism),
            (request(key: [UInt8](repeating: 9, count: 32)), 400, .unknownKey),
        ] as [([[UInt8]], Int, ZapRefusal.Reason)])
    func `each refusal`(_ parts: [[UInt8]], _ status: Int, _ reason: ZapRefusal.Reason) {
        let (reply, refusal) = policy(name: "anna").answer(parts)
        #expect(reply.status == status)
        #expect(reply.userID.isEmpty)
        #expect(refusal?.reason == reason)
    }

    @Test(arguments: ["", "ad\0min", String(repeating: "x", count: 256)])
    func `a name that cannot be a User-Id lets nobody in`(_ name: String) {
        let (reply, refusal) = policy(name: name).answer(Self.good)
        #expect(reply.status == 500)
        #expect(refusal?.reason == .unusableUserID)
    }

    @Test func `on loopback a known name is let in, under its User-Id`() {
        let (reply, refusal) = namePolicy.answer(Self.named("anna"))
        #expect(reply == ZapReply(requestID: [1], status: 200, userID: "agent:anna"))
        #expect(refusal == nil)
    }

    @Test(
        arguments: [
            // parts                                              status  reason
            (named("mallory"), 400, .unknownName),
            (named(""), 400, .malformed),
            (named("anna", address: "10.0.0.1"), 400, .notLoopback),
            (named("anna", address: ""), 400, .notLoopback),
            (named("anna", mechanism: "NULL"), 400, .wrongDomainOrMechanism),
            (named("anna", mechanism: "CURVE"), 400, .wrongDomainOrMechanism),
            (named("anna", domain: ""), 400, .wrongDomainOrMechanism),
            (request(mechanism: "PLAIN", key: [0xFF]), 400, .malformed),  // Not UTF-8.
            (request(), 400, .wrongDomainOrMechanism),  // A key proves nothing to who asks for names.
        ] as [([[UInt8]], Int, ZapRefusal.Reason)])
    func `each refusal of a name`(_ parts: [[UInt8]], _ status: Int, _ reason: ZapRefusal.Reason) {
        let (reply, refusal) = namePolicy.answer(parts)
        #expect(reply.status == status)
        #expect(reply.userID.isEmpty)
        #expect(refusal?.reason == reason)
        #expect(refusal?.key == nil)
    }

    private func policy(name: String) -> ZapPolicy {
        let known = Z85Key(bytes: Self.key)
        return ZapPolicy(domain: "desk", lookup: .byKey { $0 == known ? name : nil })
    }

    private var namePolicy: ZapPolicy {
        ZapPolicy(domain: "desk", lookup: .byName { $0 == "anna" ? "agent:anna" : nil })
    }

    private static func named(
        _ name: String, domain: String = "desk", address: String = "127.0.0.1", mechanism: String = "PLAIN"
    ) -> [[UInt8]] {
        // The last part is the password, of which there is none.
        request(domain: domain, address: address, mechanism: mechanism, key: Array(name.utf8)) + [[]]
    }

    private static func request(
        version: String = "1.0", domain: String = "desk", address: String = "127.0.0.1",
        mechanism: String = "CURVE", key: [UInt8] = key
    ) -> [[UInt8]] {
        [
            Array(version.utf8), [1], Array(domain.utf8), Array(address.utf8), [], Array(mechanism.utf8), key,
        ]
    }
}
