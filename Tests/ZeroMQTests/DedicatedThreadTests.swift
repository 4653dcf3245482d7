import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct DedicatedThreadTests {
    @Test func `the body runs on a thread of its own with its name`() async throws {
        let (name, thread) = try await withDedicatedThread(named: "fifteen letters") {
            (try currentThreadName(), pthread_self())
        }
        #expect(name == "fifteen letters")
        #expect(pthread_equal(thread, pthread_self()) == 0)
    }

    @Test func `an error of the body reaches the caller`() async {
        await #expect(throws: NothingCame.self) {
            try await withDedicatedThread(named: "fails") { throw NothingCame() }
        }
    }

    @Test func `a socket lives and dies inside a thread`() async throws {
        let payload = try await withDedicatedThread(named: "sockets") {
            try withRouter { router, endpoint in
                let dealer = try makeDealer(endpoint)
                try dealer.sendOnceConnected([1])
                return try router.nextDelivery().payload
            }
        }
        #expect(payload == [1])
    }

    @Test func `everyone who joins returns after the end`() throws {
        let isOver = Atomic(false)
        let gate = try WakeUp()
        let thread = try DedicatedThread(named: "worker") {
            gate.wait()
            isOver.store(true, ordering: .releasing)
        }
        let second = try DedicatedThread(named: "joiner") {
            thread.join()
            let wasOver = isOver.load(ordering: .acquiring)
            #expect(wasOver)
        }
        gate.ring()
        thread.join()
        let wasOver = isOver.load(ordering: .acquiring)
        #expect(wasOver)
        thread.join()
        second.join()
    }

    @Test func `a deep recursion that the main thread can do works here`() async throws {
        let depth = try await withDedicatedThread(named: "deep") { descend(20_000) }
        #expect(depth == 20_000)
    }

    @Test func `a name that the kernel would cut is a mistake`() async {
        await #expect(processExitsWith: .failure) {
            let thread = try DedicatedThread(named: "sixteen letters!") {}
            thread.join()
        }
    }

    @Test func `raising the descriptor limit gives the hard limit, again and again`() throws {
        let limit = try raiseFileDescriptorLimit()
        #expect(limit > 0)
        #expect(try raiseFileDescriptorLimit() == limit)
    }
}

/// About 100 to 300 bytes of stack a level, not to be turned into a loop.
@inline(never)
private func descend(_ depth: Int) -> Int {
    depth == 0 ? 0 : 1 + descend(depth - 1)
}

private func currentThreadName() throws -> String {
    let file = open("/proc/thread-self/comm", O_RDONLY)
    guard file >= 0 else { throw NothingCame() }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(file, &buffer, buffer.count)
    // The kernel ends the name with a newline.
    return String(decoding: buffer.prefix(max(0, count - 1)), as: UTF8.self)
}
