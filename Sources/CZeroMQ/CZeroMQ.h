#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h> // Glibc's Swift module leaves eventfd out; WakeUp needs it.
#include <sys/timerfd.h> // Left out too; Alarm needs it.
#include <zmq.h>

// Behind _GNU_SOURCE in <pthread.h>, which Swift does not define; DedicatedThread names its threads with it.
extern int pthread_setname_np(pthread_t thread, const char *name);
