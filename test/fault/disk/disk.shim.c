/*
 * Preloaded into a Redis server: stands between it and its disk.
 *
 * Beside each append-only file it keeps `<file>.synced`: the size that a sync which has come back made durable. So the file
 * cut to that size is what a power loss leaves.
 *
 * LARDER_DISK_ORDERS names a file of two numbers: how many milliseconds a sync takes longer, and 1 while the disk is full.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_call)(int);
typedef ssize_t (*write_call)(int, const void *, size_t);

static sync_call real_fsync, real_fdatasync;
static write_call real_write;
static int orders = -1;

__attribute__((constructor)) static void begin(void) {
  real_fsync = (sync_call)dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  real_write = (write_call)dlsym(RTLD_NEXT, "write");
  const char *file = getenv("LARDER_DISK_ORDERS");
  if (file) orders = open(file, O_RDONLY | O_CLOEXEC);
}

static void read_orders(long *delay_ms, long *is_full) {
  char text[32];
  *delay_ms = *is_full = 0;
  ssize_t length = orders < 0 ? -1 : pread(orders, text, sizeof text - 1, 0);
  if (length <= 0) return;
  text[length] = 0;
  sscanf(text, "%ld %ld", delay_ms, is_full);
}

/* The path of an append-only file that is written to; 0 for any other file. */
static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  size_t end = strlen(".incr.aof");
  return (size_t)length > end && strcmp(path + length - end, ".incr.aof") == 0;
}

static int sync_by(sync_call real, int fd) {
  char path[4096], noted[4112], text[32];
  if (!path_of(fd, path, sizeof path)) return real(fd);
  long delay_ms, is_full;
  read_orders(&delay_ms, &is_full);
  struct stat before;
  if (fstat(fd, &before) != 0) return -1;
  if (delay_ms > 0) {
    struct timespec pause = {delay_ms / 1000, delay_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
  }
  int result = real(fd);
  if (result != 0) return result;
  snprintf(noted, sizeof noted, "%s.synced", path);
  int note = open(noted, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (note < 0) return 0;
  int length = snprintf(text, sizeof text, "%020lld\n", (long long)before.st_size);
  pwrite(note, text, length, 0);
  close(note);
  return 0;
}

int fsync(int fd) { return sync_by(real_fsync, fd); }

int fdatasync(int fd) { return sync_by(real_fdatasync, fd); }

ssize_t write(int fd, const void *bytes, size_t count) {
  long delay_ms, is_full;
  read_orders(&delay_ms, &is_full);
  char path[4096];
  if (is_full == 1 && path_of(fd, path, sizeof path)) {
    errno = ENOSPC;
    return -1;
  }
  return real_write(fd, bytes, count);
}
