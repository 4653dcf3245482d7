import Testing

@testable import ZeroMQ

@Suite struct LoopbackTests {
    @Test(arguments: [
        "tcp://127.0.0.1:7601", "tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://127.255.3.9:1",
        "tcp://[::1]:7601", "ipc:///run/desk", "ipc://@desk",
    ])
    func `endpoints that only this machine reaches`(_ endpoint: String) {
        #expect(Loopback.has(endpoint: endpoint))
    }

    @Test(arguments: [
        // endpoint                     why it is not trusted
        "tcp://0.0.0.0:7601",  // every interface
        "tcp://*:7601",
        "tcp://[::]:7601",
        "tcp://192.168.0.7:7601",
        "tcp://128.0.0.1:7601",
        "tcp://localhost:7601",  // whatever the resolver says
        "tcp://lo:7601",
        "tcp://127.1:7601",  // a short form
        "tcp://0127.0.0.1:7601",  // octal to some
        "tcp://127.0.0.1.example.com:7601",
        "tcp://127.0.0.1@10.0.0.1:7601",
        "tcp://127.0.0.1;10.0.0.1:7601",  // a source address comes first
        "tcp://[::1]",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:٣",  // digits of another script
        "TCP://127.0.0.1:7601",
        "pgm://127.0.0.1:7601", "", "127.0.0.1",
    ])
    func `endpoints that others reach, or might`(_ endpoint: String) {
        #expect(!Loopback.has(endpoint: endpoint))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.0.1", true), ("::1", true), ("localhost:0:0:4711", true),
        ("", false), ("10.0.0.1", false), ("::ffff:10.0.0.1", false), ("::", false), ("localhost", false),
    ])
    func `addresses of peers`(_ address: String, _ isLoopback: Bool) {
        #expect(Loopback.has(address: address) == isLoopback)
    }

    @Test func `a socket that trusts everybody does not bind where others reach it`() async {
        await #expect(processExitsWith: .failure) {
            let options = SocketOptions(security: .loopbackServer(domain: "desk"))
            let router = try Socket(.router, options: options)
            _ = try router.bind("tcp://0.0.0.0:0")
        }
    }

    @Test func `a socket that says a name does not say it to another machine`() async {
        await #expect(processExitsWith: .failure) {
            let options = SocketOptions(security: .loopbackClient(name: "anna"))
            let dealer = try Socket(.dealer, options: options)
            try dealer.connect("tcp://192.0.2.1:7601")
        }
    }
}
